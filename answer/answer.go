// Package answer finds the final answer in a model's text, reads what it means, and says which answers are the same.
//
//	a, ok := answer.Extract(text)                  // `\frac{2}{4}`, as the text states it, and how surely
//	key := answer.KeyOf(a)                         // "1/2", the class that it votes for
//	same := answer.Equal(a, answer.Bare("0.5"))
//	v, ok := answer.Read(a)                        // a Value: what Classes puts into classes
//	classes := answer.Classes(values)              // the classes of one vote
//
// Rules:
//
//   - Extract takes the surest statement of the answer that stands behind the reasoning: a mark (a box, ####, "final
//     answer"), else a statement ("the answer is"), else the formula, choice or value that the text ends on, else the last
//     number of a text that is complete. What was cut off, or leaves a choice open, has no answer.
//   - Votes need an equivalence relation. Answers with the same key are the same, always. An answer that can be read in
//     several ways (25%, 0.333, 5 without its cm) is given its class by the other answers in the vote: see Classes.
//     Equal asks how two answers would vote if they were alone.
//   - Numbers are exact, of any size: rationals, roots of any index, pi, e and i. Two exact numbers are never the same by a
//     tolerance. A decimal may stand for an exact number that it is rounded from, if it has enough digits.
//   - Expressions are the same when they are the same function. Polynomials are compared by their normal form; others by
//     their values at fixed points.
//   - Equations are the same up to a factor, inequalities when they have the same solutions. Intervals and inequalities
//     of one variable are sets of real numbers.
//   - A list and a set have no order, a tuple has one; a column vector is a tuple. Brackets around one element mean nothing.
//   - A label is compared if both have one: x = 5 is 5, and not y = 5. So is a unit: 5 cm is 5 and not 5 m, and 500 cm is
//     5 m. Words behind a number that are no unit are remarks.
//   - Letters keep their case in mathematics. What is not mathematics is compared as text, with case and spacing folded.
//     Nothing is picked out of a formula that was not understood.
//   - No text is ever executed, and work is bounded for any input: an answer longer than MaxLen bytes has no key.
package answer

// MaxLen is the length in bytes beyond which a text is not taken as an answer.
const MaxLen = 4096

// A Key names a class of equal answers. It is the answer in normal form, fit to be shown, but for functions that have
// none: those are named by their values. The empty Key is no answer.
type Key string

// Bare is a text that as a whole is the answer, such as a reference answer.
func Bare(text string) Answer { return Answer{Text: text, Level: Marked} }

// KeyOf gives the key of an answer, in plain text or LaTeX. It is empty for a text that holds no answer: without any letter
// or digit, or longer than MaxLen.
func KeyOf(a Answer) Key {
	v, _ := Read(a)
	return v.key
}

// Equal reports whether both texts are answers and would be one class if they were the only votes.
func Equal(a, b Answer) bool {
	x, _ := Read(a)
	y, _ := Read(b)
	return x.Equal(y)
}
