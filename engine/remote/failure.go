package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Why a stream ends that the server did not end.
var (
	errLand    = errors.New("it is to land")
	errStalled = errors.New("nothing has come for too long")
	errBroken  = errors.New("the stream broke off before its end")
	errEmpty   = fmt.Errorf("%w: it had nothing in it", errBroken)
	errTardy   = errors.New("another server, asked later, began first")
)

// Bounds on the pauses between tries.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

// backoff doubles with each failure. Chance keeps apart those that failed together.
func backoff(failures int) time.Duration {
	return 1 + rand.N(min(firstPause<<min(failures, 16), longestPause))
}

// A busyError is a refusal that says nothing against the request.
type busyError struct {
	error
	after time.Duration // that the server wants to be left alone for
}

func (e *busyError) Unwrap() error { return e.error }

// A finalError would be the same again.
type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }

func isFinal(err error) bool { return errors.As(err, new(*finalError)) }

// Bounds on what is read and shown of a server's errors.
const (
	maxErrorBody = 8 << 10
	maxErrorText = 300
	errorTime    = time.Second // for the body to come
)

// statusError is the error of an answer that is none.
func statusError(resp *http.Response, key Key) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what came is better than nothing
	err := fmt.Errorf("the server answers %d %s%s", resp.StatusCode, http.StatusText(resp.StatusCode), said(body, key))
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return &busyError{err, retryAfter(resp.Header.Get("Retry-After"))}
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500:
		return err
	case status < 400:
		return &finalError{fmt.Errorf("%w; it leads elsewhere, so give the URL that it leads to", err)}
	}
	return &finalError{err}
}

// said is what the body of an error says, in the form of OpenAI's or as it is.
func said(body []byte, key Key) string {
	var form struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	text := string(body)
	if json.Unmarshal(body, &form) == nil {
		inner := form.Error
		if inner == nil {
			inner = form.Detail
		}
		var message struct {
			Message string `json:"message"`
		}
		switch {
		case form.Message != "":
			text = form.Message
		case json.Unmarshal(inner, &message) == nil && message.Message != "":
			text = message.Message
		case json.Unmarshal(inner, &text) == nil:
		case inner != nil:
			text = string(inner)
		}
	}
	return quoted(text, key)
}

// quoted is a text of a server as it is shown, on a line and not too long, behind a colon; "" if there is none.
func quoted(text string, key Key) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(key.hide(text), "?")), " ")
	if text == "" {
		return ""
	}
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "..."
	}
	return fmt.Sprintf(": %q", text)
}

// retryAfter reads the header of that name, in seconds or as a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 3600) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date))
	}
	return 0
}

// unreached is the error of a request without an answer. Its address is named by whoever shows it.
func unreached(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
