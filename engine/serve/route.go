package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"caucus/engine/remote"
)

// Handler answers single requests.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.known(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, true) }))
	mux.HandleFunc("POST /v1/completions", s.known(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, false) }))
	mux.HandleFunc("GET /v1/models", s.known(s.models))
	mux.HandleFunc("GET /v1/models/{model...}", s.known(s.model))
	mux.HandleFunc("GET /metrics", s.known(s.tellMetrics))
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, &failure{http.StatusNotFound, "invalid_request_error", "there is no " + r.Method + " " + r.URL.Path + " here", ""})
	})
	return s.metrics.timed(http.MaxBytesHandler(s.patiently(mux), s.opt.MaxBody))
}

// known lets requests with the token pass.
func (s *Server) known(next http.HandlerFunc) http.HandlerFunc {
	want := sha256.Sum256([]byte(s.opt.Token)) // so that the comparison does not tell its length, either
	return func(w http.ResponseWriter, r *http.Request) {
		if s.opt.Token != "" {
			scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			got := sha256.Sum256([]byte(strings.TrimSpace(token)))
			if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
				s.fail(w, errToken)
				return
			}
		}
		next(w, r)
	}
}

// health says whether requests are taken. It needs no token.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if s.desk.isClosed() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "draining"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// listed is a model as a list has it.
type listed struct {
	remote.Model
	Object  string `json:"object"`
	Created int64  `json:"created"`
	Owner   string `json:"owned_by"`
}

func (s *Server) listed() listed {
	return listed{remote.Model{Name: s.opt.Name, Caucus: &s.opt.About}, "model", s.begun.Unix(), "caucus"}
}

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": []listed{s.listed()}})
}

func (s *Server) model(w http.ResponseWriter, r *http.Request) {
	if name := r.PathValue("model"); name != s.opt.Name {
		s.fail(w, &failure{http.StatusNotFound, "invalid_request_error", "there is no model of this name here", ""})
		return
	}
	writeJSON(w, http.StatusOK, s.listed())
}
