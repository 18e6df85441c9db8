package answer

import "strings"

// exactPart is what stands before a remark that is no part of the answer: an approximation, or "(about 3.2 m)".
func exactPart(s string) (string, bool) {
	for _, word := range approximations {
		if bare := strings.TrimLeft(s, "“ "); foldedPrefix(bare, word) || foldedPrefix(bare, strings.TrimSpace(word)+"”") {
			rest := strings.TrimLeft(bare[len(word)-1:], "” ")
			return rest, hasDigit(rest)
		}
	}
	for _, mark := range []string{"≈", "⇒"} {
		if parts := splitTop(s, mark); len(parts) > 1 {
			part := strings.TrimSpace(parts[0])
			if mark == "⇒" {
				part = strings.TrimSpace(parts[len(parts)-1])
			}
			if len(splitTop(part, "=")) > 1 && !holdsAnswer(splitTop(part, "=")[1]) {
				continue
			}
			if isLabel(part) && mark == "≈" || !holdsAnswer(part) { // x ≈ 5
				part = strings.TrimSpace(parts[len(parts)-1])
			}
			return part, holdsAnswer(part)
		}
	}
	if i := strings.LastIndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") {
		inner := strings.TrimLeft(strings.ToLower(s[i+1:]), " “≈")
		if isDomain(s[i+1 : len(s)-1]) {
			return s[:i], holdsAnswer(s[:i])
		}
		for _, remark := range []string{"about", "approx", "or about", "roughly", "in ", "rounded", "since", "because"} {
			if strings.HasPrefix(inner, remark) {
				return s[:i], holdsAnswer(s[:i])
			}
		}
	}
	return s, false
}

// approximations are words before a number that is not exact.
var approximations = []string{"about ", "approximately ", "approx. ", "roughly ", "around "}

// isDomain reports whether a condition only says what kind of number a parameter is: k ∈ Z.
func isDomain(s string) bool {
	if name, domain, ok := strings.Cut(s, "∈"); ok {
		domain = positivity.Replace(strings.TrimSpace(domain))
		return isLabel(name) && domain != "" && strings.Contains("ZNQRCℝ", domain)
	}
	kind := false
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" “”,", r) })
	for _, w := range words {
		switch {
		case numberKinds[w]:
			kind = true
		case len(w) > 1 && !domainWords[w]:
			return false
		}
	}
	return kind && len(words) > 1
}

var (
	positivity  = strings.NewReplacer("^*", "", "^+", "", "_+", "", "_⟨＋⟩", "", "*", "", "^", "", "+", "")
	numberKinds = setOf("integer integers number numbers constant constants")
	domainWords = setOf(`where for with and or any all every each is are an the be being some arbitrary positive negative
		non-negative nonnegative nonzero non-zero natural whole real`)
)

// withoutDomain is what stands before a condition that only says what kind of number a parameter is: "for k ∈ Z".
func withoutDomain(s string) (string, bool) {
	for _, word := range []string{"where", "for", "with"} {
		i := strings.Index(s, word)
		if i < 2 || strings.IndexByte(" (\x9c", s[i-1]) < 0 { // the last is of the quote “
			continue
		}
		if before := strings.TrimRight(s[:i], " (“"); holdsAnswer(before) && isDomain(strings.Trim(s[i+len(word):], " ”)")) {
			return before, true
		}
	}
	return s, false
}
