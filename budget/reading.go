package budget

import "caucus/answer"

// A Reading is the answer that a text states; the zero value is none.
type Reading struct {
	text  string
	value answer.Value
}

// Text is the answer as it was written.
func (r Reading) Text() string { return r.text }

// Value is what it means.
func (r Reading) Value() answer.Value { return r.value }

// ReadAnswer finds and reads the answer that a sample's text states. A number that is only the last in the text is none.
func ReadAnswer(text string) Reading {
	a, ok := answer.Extract(text)
	if !ok || a.Level <= answer.LastNumber {
		return Reading{}
	}
	return read(a)
}

// ReadBare reads a text that is nothing but an answer.
func ReadBare(text string) Reading { return read(answer.Bare(text)) }

func read(a answer.Answer) Reading {
	v, ok := answer.Read(a)
	if !ok {
		return Reading{}
	}
	return Reading{a.Text, v}
}

// outcome is what is kept of an ended sample.
func outcome(e Event) Outcome {
	o := Outcome{
		Status: e.Status, Tokens: e.Tokens, LogProb: e.LogProb, TailLogProb: e.TailLogProb, Entropy: e.Entropy, Seconds: e.Seconds,
	}
	switch e.Status {
	case Finished, Landed:
		o.Answer, o.Key, o.value = e.Answer.text, e.Answer.value.Key(), e.Answer.value
	case Truncated, Cancelled, Failed:
	default:
		o.Status = Failed
	}
	return o
}
