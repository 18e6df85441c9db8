package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// answer answers an order, whole or as a stream.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, chat bool) {
	o, fail := s.read(r, chat)
	if fail != nil {
		s.fail(w, fail)
		return
	}
	l := &page{reply: s.header(o), order: o}
	do := s.complete
	if o.votes > 0 {
		do = s.elect
	}
	if !o.stream {
		if fail := do(r.Context(), o, l); fail != nil {
			s.fail(w, fail)
			return
		}
		writeJSON(w, http.StatusOK, l.reply)
		return
	}
	st := &tape{page: l, w: w, control: http.NewResponseController(w)}
	fail = do(r.Context(), o, st)
	switch {
	case fail != nil && !st.begun:
		s.fail(w, fail)
	case fail != nil:
		s.metrics.failed(fail.status)
		_ = st.send(fail.form()) // a client that has gone does not hear it
	}
}

// fail answers by a failure.
func (s *Server) fail(w http.ResponseWriter, f *failure) {
	s.metrics.failed(f.status)
	f.write(w)
}

// page is a listener that collects a whole answer.
type page struct {
	reply reply
	order *order
}

func (p *page) part(int, string, []token) error { return nil }

func (p *page) end(index int, text string, probs []token, finish string) error {
	for len(p.reply.Choices) <= index {
		p.reply.Choices = append(p.reply.Choices, choice{})
	}
	p.reply.Choices[index] = p.order.choiceOf(index, text, probs, finish)
	return nil
}

func (p *page) vote(t *tally) { p.reply.Caucus = t }

func (p *page) done(u *usage) error {
	p.reply.Usage = u
	return nil
}

// tape is a listener that tells at once what it hears, as server-sent events.
type tape struct {
	*page
	w       http.ResponseWriter
	control *http.ResponseController
	begun   bool
	roles   map[int]bool // of the choices that have begun
	line    bytes.Buffer
}

func (t *tape) part(index int, text string, probs []token) error {
	return t.sendChoice(t.order.choiceOf(index, text, probs, ""))
}

// end tells the rest of a text, and then the end by itself, as clients expect it.
func (t *tape) end(index int, text string, probs []token, finish string) error {
	if text != "" || len(probs) > 0 {
		if err := t.part(index, text, probs); err != nil {
			return err
		}
	}
	return t.sendChoice(t.order.choiceOf(index, "", nil, finish))
}

func (t *tape) done(u *usage) error {
	if t.order.usage || t.reply.Caucus != nil {
		last := t.reply
		last.Choices, last.Usage = []choice{}, u
		if err := t.send(last); err != nil {
			return err
		}
	}
	return t.write([]byte("data: [DONE]\n\n"))
}

func (t *tape) sendChoice(c choice) error {
	if c.Delta != nil && !t.roles[c.Index] {
		if t.roles == nil {
			t.roles = make(map[int]bool)
		}
		t.roles[c.Index] = true
		c.Delta.Role = "assistant"
	}
	part := t.reply
	part.Choices, part.Caucus = []choice{c}, nil
	return t.send(part)
}

// send tells one event.
func (t *tape) send(v any) error {
	t.line.Reset()
	t.line.WriteString("data: ")
	e := json.NewEncoder(&t.line)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	t.line.WriteByte('\n')
	return t.write(t.line.Bytes())
}

func (t *tape) write(data []byte) error {
	if !t.begun {
		t.begun = true
		t.w.Header().Set("Content-Type", "text/event-stream")
		t.w.Header().Set("Cache-Control", "no-store")
		t.w.WriteHeader(http.StatusOK)
	}
	if _, err := t.w.Write(data); err != nil {
		return err
	}
	return t.control.Flush()
}
