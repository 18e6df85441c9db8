// Package answer finds the final answer in a model's text and brings it into the form under which votes are counted.
//
//	raw, ok := answer.Extract(text)  // `\frac{1}{2}`, the answer as the model wrote it
//	key, ok := answer.KeyOf(raw)     // "1/2", the class that it votes for
//	same := answer.Equal("0.5", `\dfrac12`)
//
// Rules:
//
//   - Keys make an equivalence relation: two answers are the same exactly when their keys are, so a tally does not depend
//     on the order of the votes. There is no tolerance: 0.333 is not 1/3.
//   - A key is itself an answer, in normal form: KeyOf(string(key)) is key.
//   - Numbers are exact rationals: 0.5, 1/2, \frac12 and 3-2.5 share a key. Factors and terms are put in one order and
//     numeric coefficients are gathered, but nothing is expanded, factored or collected: an answer to "factor
//     x^2-1" that repeats the question is not the same as (x-1)*(x+1).
//   - A list keeps its order, a set does not. Brackets around one element mean nothing.
//   - A unit, a currency sign, a degree sign or a percent sign after a number is dropped: 25% votes with 25, because
//     both are written for the same problem. A label is dropped too: x = 5 votes with 5.
//   - A letter alone is a choice: (a), A and "A." are one class. Yes is True and No is False.
//   - What is not mathematics votes as text, with case and spacing folded.
//   - No text is ever executed, and work is bounded: an answer longer than MaxLen bytes has no key.
package answer

// MaxLen is the length in bytes beyond which a text is not taken as an answer.
const MaxLen = 2048

// A Key names a class of equal answers. It is the answer in normal form, fit to be shown. The empty Key is no answer.
type Key string

// maxPasses is how often the normal form is applied before an answer that still changes is given up.
const maxPasses = 6

// KeyOf gives the key of an answer as a model or a data set writes it, in plain text or LaTeX. It reports false for a
// text that holds no answer: empty, without any letter or digit, or longer than MaxLen.
//
// A key is a fixed point of the normal form, so KeyOf(string(key)) = key holds by construction.
func KeyOf(raw string) (Key, bool) {
	s := raw
	for range maxPasses {
		if len(s) > MaxLen {
			return "", false
		}
		next := normal(plain(s))
		if next == "" {
			return "", false
		}
		if next == s {
			return Key(s), true
		}
		s = next
	}
	return "", false
}

// Equal reports whether both texts are answers and have the same key.
func Equal(a, b string) bool {
	ka, ok := KeyOf(a)
	if !ok {
		return false
	}
	kb, ok := KeyOf(b)
	return ok && ka == kb
}
