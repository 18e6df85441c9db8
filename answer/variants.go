package answer

import "strings"

// maxSigns is how many signs ± are expanded, each into two values.
const maxSigns = 3

// readVariants reads 1 ± √2 as the list of its values.
func readVariants(s string, in scope) value {
	pieces := splitItems(s)
	if len(pieces) > 1 || strings.HasPrefix(s, "{") {
		return nil // the list reader expands each of its own
	}
	var values []value
	for _, v := range variants(s) {
		x := read(v, in.deeper())
		if x == nil {
			return nil
		}
		values = append(values, x)
	}
	return gather(values, false)
}

// variants are the texts that ± and ∓ stand for: each ± on its own, unless a ∓ ties them.
func variants(s string) []string {
	if !strings.ContainsAny(s, "±∓") {
		return []string{s}
	}
	n := strings.Count(s, "±")
	if strings.Contains(s, "∓") || n > maxSigns {
		return []string{
			upperSigns.Replace(s), lowerSigns.Replace(s),
		}
	}
	out := []string{s}
	for range n {
		var next []string
		for _, v := range out {
			next = append(next, strings.Replace(v, "±", "+", 1), strings.Replace(v, "±", "-", 1))
		}
		out = next
	}
	return out
}

var (
	upperSigns = strings.NewReplacer("±", "+", "∓", "-")
	lowerSigns = strings.NewReplacer("±", "-", "∓", "+")
)
