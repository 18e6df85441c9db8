package answer

// A scope is what is left for reading a part of an answer: how deep it may be nested, and how much may be done for all of
// the answer. What exceeds it is compared as text.
type scope struct {
	depth int
	work  *work
}

// maxWork bounds what is done for an answer, in steps of some 50 ns: the reading of its parts, and the values of all its
// formulas together.
const maxWork = 1 << 16

// stepsPerByte is what it costs to look for the readings of a part.
const stepsPerByte = 2

func newScope() scope {
	w := work(maxWork)
	return scope{maxDepth, &w}
}

// deeper is the scope of a part.
func (in scope) deeper() scope {
	in.depth--
	return in
}

// work counts down the steps that are left.
type work int

// pay takes steps, and reports whether so many were left.
func (w *work) pay(steps int) bool {
	*w -= work(steps)
	return *w >= 0
}
