package voting

import (
	"fmt"
	"math"
)

// PassAtK estimates from n samples, c of them right, the probability that at least one of k samples is right:
// 1 - C(n-c, k) / C(n, k), the unbiased estimator of Chen et al. (arXiv 2107.03374, eq. 1). It needs 0 <= c <= n and
// 1 <= k <= n. With k = 1 it is the mean accuracy c/n.
func PassAtK(n, c, k int) (float64, error) {
	if c < 0 || c > n || k < 1 || k > n {
		return 0, fmt.Errorf("pass@%d of %d samples, %d right: want 0 <= right <= samples and 1 <= k <= samples", k, n, c)
	}
	if n-c < k {
		return 1, nil
	}
	return 1 - math.Exp(logChoose(n-c, k)-logChoose(n, k)), nil
}
