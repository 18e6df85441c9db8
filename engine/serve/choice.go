package serve

import (
	"math"
	"strings"

	"caucus/engine"
)

// A teller follows one sample and tells its text as far as it is certain: what may turn out to begin a stop text is held back.
type teller struct {
	decode func(engine.Drawn) string
	stops  []string

	told  int     // bytes of its text
	held  string  // behind those
	probs []token // that have not been told
}

// token is a token as it is told.
type token struct {
	text    string
	logProb float32
}

// unknown reports whether the server that has drawn it does not tell how probable it was.
func (t token) unknown() bool { return math.IsNaN(float64(t.logProb)) }

// draw takes in a token.
func (t *teller) draw(d engine.Drawn) {
	text := t.decode(d)
	t.held += text
	t.probs = append(t.probs, token{text, d.LogProb})
}

// tell returns what can be told now.
func (t *teller) tell() (text string, probs []token) {
	keep := 0
	for _, stop := range t.stops {
		if i := strings.Index(t.held, stop); i >= 0 {
			keep = max(keep, len(t.held)-i) // the sample is about to end
			continue
		}
		keep = max(keep, overlap(t.held, stop))
	}
	text = t.held[:len(t.held)-keep]
	if text == "" {
		return "", nil
	}
	t.held = t.held[len(text):]
	t.told += len(text)
	probs, t.probs = t.probs, nil
	return text, probs
}

// end returns the rest of a sample's text.
func (t *teller) end(e engine.Event) (text string, probs []token) {
	return e.Text[min(t.told, len(e.Text)):], t.probs
}

// overlap is the length of the longest end of text that stop begins with.
func overlap(text, stop string) int {
	for n := min(len(text), len(stop)-1); n > 0; n-- {
		if strings.HasSuffix(text, stop[:n]) {
			return n
		}
	}
	return 0
}
