package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// A failure is an error as clients get it.
type failure struct {
	status  int
	kind    string
	message string
	after   string // when to try again, in seconds
}

func (f *failure) Error() string { return f.message }

var (
	errBusy     = &failure{http.StatusTooManyRequests, "rate_limit_error", "too many samples are waiting; try again later", "1"}
	errDraining = &failure{http.StatusServiceUnavailable, "server_error", "the server is about to end", "5"}
	errToken    = &failure{http.StatusUnauthorized, "authentication_error", "the Authorization header has no token that this server knows", ""}
	errLate     = &failure{http.StatusGatewayTimeout, "timeout_error", "the request took longer than this server allows", ""}
)

// badRequest is the failure of a request that cannot be meant.
func badRequest(format string, args ...any) *failure {
	return &failure{http.StatusBadRequest, "invalid_request_error", fmt.Sprintf(format, args...), ""}
}

// form is a failure in OpenAI's form.
type form struct {
	Error formOfError `json:"error"`
}

type formOfError struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`
}

func (f *failure) form() form { return form{formOfError{Message: f.message, Type: f.kind}} }

// write answers a request by the failure.
func (f *failure) write(w http.ResponseWriter) {
	if f.after != "" {
		w.Header().Set("Retry-After", f.after)
	}
	writeJSON(w, f.status, f.form())
}

// writeJSON answers a request. That a client is gone is no error of ours.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}
