package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// An opening is a request of a server whose stream is to begin.
type opening struct {
	e       *Engine
	at      *place
	ctx     context.Context
	cancel  context.CancelCauseFunc
	body    io.Closer
	lines   *lines
	brought chunk // with the first token, or with the end of a text that is empty
}

func newOpening(ctx context.Context, e *Engine, at *place) *opening {
	o := &opening{e: e, at: at}
	o.ctx, o.cancel = context.WithCancelCause(ctx)
	return o
}

// close ends the stream.
func (o *opening) close() {
	o.cancel(nil)
	if o.body != nil {
		_ = o.body.Close() // what it has not brought by now is not missed
	}
}

// begin asks the server, and again with less where it does not know a part of what it was asked for.
func (o *opening) begin(st *stream) error {
	for {
		lacks := feature(o.at.lacks.Load())
		err := o.try(st, lacks)
		if err == nil || o.ctx.Err() != nil || !o.at.forgo(err, lacks) {
			return err
		}
		if o.body != nil {
			_ = o.body.Close()
		}
	}
}

// try sends the request and waits for what its stream brings first.
func (o *opening) try(st *stream, lacks feature) error {
	resp, err := o.post(st, lacks)
	if err != nil {
		return err
	}
	o.body, o.lines = resp.Body, newLines(resp.Body)
	for {
		c, err := o.next()
		switch {
		case errors.Is(err, io.EOF):
			return errEmpty
		case err != nil:
			return err
		case c.brings():
			o.brought = c
			return nil
		}
	}
}

// post sends the request and returns an answer that is a stream.
func (o *opening) post(st *stream, lacks feature) (*http.Response, error) {
	path := "/chat/completions"
	if st.prompt.Messages == nil {
		path = "/completions"
	}
	body, err := json.Marshal(asked(st.prompt, st.ask, lacks))
	if err != nil {
		return nil, &finalError{err}
	}
	r, err := http.NewRequestWithContext(o.ctx, http.MethodPost, o.at.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, &finalError{err}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("User-Agent", "caucus")
	o.e.opt.Key.sign(r)
	resp, err := o.e.http.Do(r)
	if err != nil {
		return nil, unreached(err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		defer time.AfterFunc(errorTime, func() { _ = resp.Body.Close() }).Stop()
		return nil, statusError(resp, o.e.opt.Key)
	}
	return resp, nil
}

// next is the next event.
func (o *opening) next() (chunk, error) {
	data, err := o.lines.next()
	if err != nil {
		return chunk{}, fmt.Errorf("%w: %w", errBroken, err)
	}
	return parseChunk(data, o.e.opt.Key)
}
