package engine

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

// Request asks for one sample. The sample is a function of the model, the prompt, Seed and Params: it is the same to the
// bit alone or in any batch, in any slot, with any number of threads. Landing it is the one thing that depends on time.
type Request struct {
	ID     uint64 // names the sample in calls and events; the caller chooses it, unused by any sample that has not ended
	Prompt PromptID
	Seed   uint64
	Params Params
	// LandAfter lands the sample once it has drawn so many tokens, so that it is a function of the request even so. 0 is never.
	LandAfter int
	// Watch is told of each drawn token, but for one that ends the text, by whoever draws them: it must return at once.
	Watch func(Drawn)
}

// Drawn is a token of a sample. One that is drawn here has no Text of its own, since it need not be whole characters; one that
// a server has drawn has no number.
type Drawn struct {
	Token   int32
	Text    string
	LogProb float32 // NaN if it is not known
}

// Params says how a sample's tokens are drawn and when it ends. The cuts apply in the order of the fields.
type Params struct {
	Temperature float32  // 0 takes the most probable token
	TopK        int      // keep the k most probable tokens; 0 keeps all
	TopP        float32  // keep the fewest tokens with this probability together; 0 or 1 keeps all
	MinP        float32  // keep tokens with at least MinP times the largest probability; 0 keeps all
	MaxTokens   int      // most tokens drawn; 0 is Options.MaxTokens, which is also the most allowed
	Stop        []string // texts that end the sample and are cut off; a landed sample heeds them no more
}

// Check reports what in the parameters is out of range, where a sample draws so many tokens at most.
func (p *Params) Check(most int) error {
	fraction := func(v float32) bool { return v >= 0 && v <= 1 }
	switch {
	case !(p.Temperature >= 0 && p.Temperature <= math.MaxFloat32):
		return fmt.Errorf("temperature %v is not 0 or more", p.Temperature)
	case p.TopK < 0:
		return fmt.Errorf("top-k %d is negative", p.TopK)
	case !fraction(p.TopP):
		return fmt.Errorf("top-p %v is not between 0 and 1", p.TopP)
	case !fraction(p.MinP):
		return fmt.Errorf("min-p %v is not between 0 and 1", p.MinP)
	case p.MaxTokens < 0 || p.MaxTokens > most:
		return fmt.Errorf("%d tokens are not between 0 and %d, the engine's most", p.MaxTokens, most)
	case slices.Contains(p.Stop, ""):
		return errors.New("a stop text is empty")
	}
	return nil
}

// sample is a Request that waits, runs or has just ended. The state of its sequence has read seq.Len of its tokens; those
// beyond are read before it draws another, be it one drawn token, a landing's text, or all of them after it lost its slot.
type sample struct {
	Request
	prompt *prompt
	seq    model.Sequence
	tokens []int32 // the prompt's, then what was drawn and what landing added
	rng    *rand.Rand

	began    time.Time
	drawn    int
	logProb  float64   // summed over the drawn tokens
	logProbs []float32 // of each
	entropy  float64   // summed

	landing bool
	mark    int    // tokens before this were there when it was landed
	box     string // what it had written of its box by then
	left    int    // tokens that it may yet draw

	status Status // empty until it ends
	err    error  // of a Failed one
}

func newSample(r Request, p *prompt, most int) *sample {
	s := &sample{Request: r, prompt: p, tokens: slices.Clone(p.tokens), rng: rand.New(rand.NewPCG(r.Seed, 0)), left: most}
	if r.Params.MaxTokens > 0 {
		s.left = r.Params.MaxTokens
	}
	return s
}

// how says how the next token is drawn. A landed sample answers greedily: the reasoning was the draw, the answer is read
// off it. It takes one random number a token either way.
func (s *sample) how() kernels.Sampling {
	p, u := &s.Params, s.rng.Float32()
	if s.landing {
		return kernels.Sampling{Uniform: u}
	}
	return kernels.Sampling{Temperature: p.Temperature, TopK: p.TopK, TopP: p.TopP, MinP: p.MinP, Uniform: u}
}

// accept takes a drawn token and ends the sample if that was its last.
func (s *sample) accept(d kernels.Sampled, tok Tokenizer, eos []int32) {
	if math.IsNaN(float64(d.LogProb)) {
		s.fail(fmt.Errorf("sample %d: the model's output after %d tokens is not a distribution", s.ID, len(s.tokens)))
		return
	}
	s.drawn++
	s.left--
	s.logProb += float64(d.LogProb)
	s.logProbs = append(s.logProbs, d.LogProb)
	s.entropy += float64(d.Entropy)
	if slices.Contains(eos, d.Token) {
		s.end(s.byItself())
		return
	}
	s.tokens = append(s.tokens, d.Token)
	if s.Watch != nil {
		s.Watch(Drawn{Token: d.Token, LogProb: d.LogProb})
	}
	switch {
	case !s.landing && s.stopped(tok):
		s.end(Finished)
	case s.landing && BoxClosed(s.box+tok.Decode(s.tokens[s.mark:])):
		s.end(Landed)
	case s.left == 0:
		s.end(Truncated)
	}
}

// byItself is the status of a sample that the model ended.
func (s *sample) byItself() Status {
	if s.landing {
		return Landed
	}
	return Finished
}

// stopped looks for a stop text that the newest token completes. A token is at least a byte of text, so that no stop text
// spans more tokens than it has bytes.
func (s *sample) stopped(tok Tokenizer) bool {
	return slices.ContainsFunc(s.Params.Stop, func(stop string) bool {
		from := max(len(s.prompt.tokens), len(s.tokens)-len(stop))
		return strings.Contains(tok.Decode(s.tokens[from:]), stop)
	})
}

// land makes the sample answer within most tokens.
func (s *sample) land(l *landing, most int, tok Tokenizer) {
	if s.landing {
		return
	}
	missing, box := l.missing(s.generated(tok))
	s.landing, s.box, s.left = true, box, most
	s.tokens = append(s.tokens, missing...)
	s.mark = len(s.tokens)
	if BoxClosed(box) {
		s.end(Landed)
	}
}

// generated is the text after the prompt.
func (s *sample) generated(tok Tokenizer) string { return tok.Decode(s.tokens[len(s.prompt.tokens):]) }

func (s *sample) end(status Status) { s.status = status }

func (s *sample) fail(err error) { s.status, s.err = Failed, err }

// event reports how the sample ended.
func (s *sample) event(tok Tokenizer, step Step) Event {
	e := Event{ID: s.ID, Status: s.status, Text: s.generated(tok), Tokens: s.drawn, Step: step, Err: s.err}
	if !s.landing {
		for _, stop := range s.Params.Stop {
			e.Text, _, _ = strings.Cut(e.Text, stop)
		}
	}
	if s.drawn > 0 {
		e.LogProb, e.TailLogProb, e.Entropy = s.logProb/float64(s.drawn), TailLogProb(s.logProbs), s.entropy/float64(s.drawn)
	}
	if !s.began.IsZero() {
		e.Seconds = time.Since(s.began).Seconds()
	}
	return e
}

// TailLogProb is the mean of the log-probabilities of a sample's last tokens, of which there is at least one: the last tenth,
// or the last 16 if those are more.
func TailLogProb(logProbs []float32) float64 {
	last := logProbs[max(0, min(len(logProbs)*9/10, len(logProbs)-16)):]
	sum := 0.0
	for _, p := range last {
		sum += float64(p)
	}
	return sum / float64(len(last))
}
