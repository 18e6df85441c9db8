package cpu

import (
	"math"

	"caucus/kernels"
)

func (o *ops) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	logits.Check("sample", "logits", len(how), n)
	for _, s := range o.scratch {
		if len(s.weights) < n {
			s.weights = make([]int32, n)
		}
	}
	o.sample = sampleTask{o: o, out: out[:len(how)], logits: logits, n: n, how: how}
	o.split(&o.sample, 2*len(how)*n)
}

type sampleTask struct {
	o      *ops
	out    []kernels.Sampled
	logits kernels.View
	n      int
	how    []kernels.Sampling
}

func (t *sampleTask) run(part, parts int) {
	from, to := share(len(t.how), part, parts)
	for r := from; r < to; r++ {
		t.out[r] = t.o.drawRow(row(t.logits, r, t.n), t.how[r], t.o.scratch[part])
	}
}

// momentLen is how many logits one float32 sum takes; the sums themselves are added in float64, so that a vocabulary of
// 128k loses no digits.
const momentLen = 1024

// drawRow is the reference's loop. A row without a distribution shows as a total that is NaN.
func (o *ops) drawRow(logits []float32, how kernels.Sampling, s *scratch) kernels.Sampled {
	largest := o.maxRow(logits)
	total, moment := 0.0, 0.0
	for from := 0; from < len(logits); from += momentLen {
		a, b := o.expMoments(logits[from:min(from+momentLen, len(logits))], largest)
		total, moment = total+float64(a), moment+float64(b)
	}
	if math.IsNaN(total) {
		return kernels.Sampled{Token: 0, LogProb: float32(math.NaN()), Entropy: float32(math.NaN())}
	}
	token := int32(0)
	if how.Temperature > 0 {
		weights := s.weights[:len(logits)]
		o.drawWeights(weights, logits, largest, how.Temperature)
		token = s.drawer.Draw(weights, how)
	} else {
		for logits[token] != largest {
			token++
		}
	}
	logTotal := math.Log(total)
	return kernels.Sampled{
		Token:   token,
		LogProb: float32(float64(logits[token]) - float64(largest) - logTotal),
		Entropy: float32(logTotal - moment/total),
	}
}
