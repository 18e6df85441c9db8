package remote

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"caucus/engine"
)

// afterword is how long a stream is read for the count of its tokens when its text is complete.
const afterword = 250 * time.Millisecond

// maxToken is the most bytes of a token, in the mean.
const maxToken = 1 << 10

// leastMeasured are the tokens of a stream whose speed says something.
const leastMeasured = 16

// stream is a request of a sample.
type stream struct {
	prompt  Prompt
	ask     ask
	most    int    // tokens
	landing bool   // it ends with the box
	box     string // what was in the box before
	before  *drawn // what was drawn before; nil of a sample's beginning
}

// receive makes one request and takes in what comes, instead of what an earlier try brought.
func (s *sample) receive(ctx context.Context, st *stream) error {
	s.finish = ""
	sent := time.Now()
	o, err := s.open(ctx, st)
	if err != nil {
		return err
	}
	defer o.close()
	r := reception{sample: s, stream: st, opening: o, sent: sent}
	defer r.close()
	err = r.read()
	if err != nil && s.finish == "" && errors.Is(context.Cause(o.ctx), errStalled) {
		return errStalled
	}
	return err
}

// reception is a stream that is being read.
type reception struct {
	*sample
	opening *opening
	stream  *stream
	sent    time.Time
	first   time.Time   // when the first token came
	timer   *time.Timer // of the stall
	got     int         // tokens
}

// read takes in events until the stream is over, and reports whether it came to an end of its own.
func (r *reception) read() error {
	for c := r.opening.brought; !r.take(&c); {
		if r.finish == "" {
			if err := r.opening.ctx.Err(); err != nil {
				return err // of what has come by now, no more is wanted
			}
			r.timer.Reset(r.e.opt.Stall)
		}
		var err error
		c, err = r.opening.next()
		switch {
		case err != nil && r.finish == "":
			return err
		case err != nil:
			return r.finished() // all that counts had come
		}
	}
	return r.finished()
}

// take takes in an event, and reports whether no more are needed.
func (r *reception) take(c *chunk) (over bool) {
	if len(c.Choices) > 0 {
		choice := &c.Choices[0]
		text, logProbs := r.textOf(choice), choice.logProbs()
		if text != "" || len(logProbs) > 0 {
			r.add(text, logProbs)
		}
		if choice.Finish != "" {
			r.begin() // of a text that is empty
			r.finish = choice.Finish
			r.timer.Reset(afterword)
		}
	}
	if c.Usage != nil && r.finish != "" {
		r.correct(c.Usage.Completion)
	}
	switch {
	case r.finish != "":
	case r.stream.landing && engine.BoxClosed(r.stream.box+string(r.own())):
		r.finish = "stop"
		return true
	case r.got > r.stream.most || len(r.own()) > maxToken*r.stream.most: // the server does not heed the limit
		r.finish = "length"
		return true
	case r.LandAfter > 0 && !r.stream.landing && r.tokens >= r.LandAfter:
		r.stopDrawing(errLand)
	}
	return false
}

// own is the text that the stream has brought.
func (r *reception) own() []byte {
	if r.stream.before == nil {
		return r.text
	}
	return r.text[len(r.stream.before.text):]
}

// textOf is the text of a choice, with the marks around a reasoning that the server has taken out.
func (r *reception) textOf(c *choice) string {
	text := c.Text + c.Delta.Content
	thoughts := c.Delta.Reasoning
	if thoughts == "" {
		thoughts = c.Delta.Thoughts
	}
	if thoughts+text != "" {
		r.begin()
	}
	if thoughts != "" && !r.reasoning && !r.stream.landing {
		r.reasoning = true
		thoughts = thinkOpening + thoughts
	}
	if text != "" && r.reasoning {
		r.reasoning = false
		text = thinkClosing + text
	}
	return thoughts + text
}

// begin makes the stream the sample's own, with its first token: what an earlier try brought was a spare until now.
func (r *reception) begin() {
	if !r.first.IsZero() {
		return
	}
	r.first = time.Now()
	if r.began.IsZero() {
		r.began = r.first
	}
	r.drawn = drawn{}
	if r.stream.before != nil {
		r.drawn = r.stream.before.copy()
		r.reasoning = false // the landing has ended it
	}
	r.e.pool.served(r.at)
	r.e.meter.begin(r.first, r.first.Sub(r.sent))
	r.timer = time.AfterFunc(r.e.opt.Stall, func() { r.opening.cancel(errStalled) })
}

// add adds a piece of text. It is one token unless the server tells the probabilities of several.
func (r *reception) add(text string, logProbs []float32) {
	r.begin()
	n := max(len(logProbs), 1)
	r.text = append(r.text, text...)
	r.got += n
	r.tokens += n
	r.logProbs = append(r.logProbs, logProbs...)
	r.unknown = r.unknown || len(logProbs) == 0
	r.e.meter.draw(n, r.tokens, r.got == n)
	if r.Watch != nil {
		r.tell(text, logProbs)
	}
}

// tell tells the watcher of tokens. Which of them a part of the text belongs to is not known: the first has it all.
func (r *reception) tell(text string, logProbs []float32) {
	if len(logProbs) == 0 {
		logProbs = []float32{float32(math.NaN())}
	}
	for _, p := range logProbs {
		r.Watch(engine.Drawn{Text: text, LogProb: p})
		text = ""
	}
}

// correct takes the server's count of tokens, unless it cannot be: a piece may have had several, and the last one no text.
func (r *reception) correct(completion int) {
	if completion >= r.got && completion <= r.stream.most {
		r.tokens += completion - r.got
		r.got = completion
	}
}

// finished judges how the stream ended.
func (r *reception) finished() error {
	switch r.finish {
	case "stop", "length":
		return nil
	case "abort", "error":
		return fmt.Errorf("%w: the server gives up", errBroken)
	}
	return &finalError{fmt.Errorf("the server ends the sample%s", quoted(r.finish, r.e.opt.Key))}
}

// close counts the stream as over.
func (r *reception) close() {
	r.timer.Stop()
	now := time.Now()
	r.e.meter.end(now)
	if took := now.Sub(r.first).Seconds(); took > 0 && r.got >= leastMeasured {
		r.speed = float64(r.got-1) / took
	}
}
