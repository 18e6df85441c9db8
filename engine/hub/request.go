package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A statusError is an answer that is none. What the server says besides is not shown: it could repeat what it was sent.
type statusError struct {
	host   string
	status int
	code   string // the hub's own, such as GatedRepo
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.host, e.status, http.StatusText(e.status))
}

// A passingError may be gone when the request is made again.
type passingError struct {
	error
	after time.Duration // that the server wants to be left alone for; 0 if it does not say
}

func (e passingError) Unwrap() error { return e.error }

var errStalled = errors.New("nothing has come for too long")

// get asks for what is at an address, from a byte on. The caller closes the body. The address may have a signature in it, or
// be made up by the server, so errors have the host alone.
func (c *Client) get(ctx context.Context, address string, from int64) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		cancel(err)
		return nil, errors.New("the server gives an address that is none")
	}
	r.Header.Set("User-Agent", "caucus")
	r.Header.Set("Accept-Encoding", "identity")
	if from > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	f := &flow{ctx: ctx, cancel: cancel, stall: c.stall}
	f.timer = time.AfterFunc(c.stall, func() { cancel(errStalled) })
	resp, err := c.http.Do(r)
	if err != nil {
		err = f.cause(err)
		f.stop()
		return nil, c.unreached(r.URL.Host, err)
	}
	f.body, resp.Body = resp.Body, f
	if resp.StatusCode == http.StatusOK || from > 0 && resp.StatusCode == http.StatusPartialContent {
		return resp, nil
	}
	_ = resp.Body.Close()
	return nil, c.failure(resp)
}

// unreached is the error of a request without an answer.
func (c *Client) unreached(host string, err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		if at, bad := url.Parse(e.URL); bad == nil {
			host = at.Host // which the request was redirected to
		}
		err = e.Err
	}
	if c.token != "" && strings.Contains(err.Error(), c.token) {
		err = errors.New("it makes an address of what it was sent")
	}
	err = fmt.Errorf("reach %s: %w", host, err)
	if errors.Is(err, errRedirect) {
		return err
	}
	return passingError{error: err}
}

// failure is the error of a status. The hub's storage forbids what it was asked for too late: a new request is redirected anew.
func (c *Client) failure(resp *http.Response) error {
	err := &statusError{resp.Request.URL.Host, resp.StatusCode, resp.Header.Get("X-Error-Code")}
	if err.status == http.StatusTooManyRequests || err.status == http.StatusRequestTimeout || err.status >= 500 ||
		err.status == http.StatusForbidden && err.host != c.endpoint.Host {
		return passingError{err, retryAfter(resp.Header.Get("Retry-After"))}
	}
	return err
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(0, min(seconds, 1e6))) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date))
	}
	return 0
}

// A flow is a body that must not stand still.
type flow struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	stall  time.Duration
}

// Read marks what breaks off as passing.
func (f *flow) Read(p []byte) (int, error) {
	n, err := f.body.Read(p)
	f.timer.Reset(f.stall)
	if err != nil && err != io.EOF {
		err = passingError{error: f.cause(err)}
	}
	return n, err
}

func (f *flow) Close() error {
	defer f.stop()
	return f.body.Close()
}

func (f *flow) stop() {
	f.timer.Stop()
	f.cancel(nil)
}

// cause tells a flow that was given up here from one that broke.
func (f *flow) cause(err error) error {
	if context.Cause(f.ctx) == errStalled {
		return errStalled
	}
	return err
}
