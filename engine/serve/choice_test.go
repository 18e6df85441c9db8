package serve

import (
	"encoding/json"
	"math"
	"testing"

	"caucus/engine"
)

// TestProbabilitiesThatAreNotKnownAreNull is about servers behind this one that do not tell them.
func TestProbabilitiesThatAreNotKnownAreNull(t *testing.T) {
	for _, tt := range []struct {
		logProbs []float32
		want     string
	}{
		{[]float32{-1, -0.5}, `{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]},{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]}`},
		{[]float32{-1, float32(math.NaN())}, "null"},
	} {
		told := teller{decode: func(d engine.Drawn) string { return d.Text }}
		for _, p := range tt.logProbs {
			told.draw(engine.Drawn{Text: "a", LogProb: p})
		}
		text, probs := told.tell()
		c := (&order{chat: true, logProbs: true}).choiceOf(0, text, probs, "")
		if got, err := json.Marshal(c.LogProbs); err != nil || string(got) != tt.want || text != "aa" {
			t.Errorf("%q with %v: %s, %v, want %s", text, tt.logProbs, got, err, tt.want)
		}
	}
}
