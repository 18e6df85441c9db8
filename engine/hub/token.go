package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"caucus/engine/internal/network"
)

// tokenOf finds the user's token where Hugging Face's tools look for it; empty if there is none.
func tokenOf(getenv func(string) string) (string, error) {
	if token := strings.TrimSpace(getenv("HF_TOKEN")); token != "" {
		return checkToken(token, "HF_TOKEN")
	}
	path := tokenPath(getenv)
	data, err := os.ReadFile(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the token: %w; set HF_TOKEN instead", err)
	}
	return checkToken(strings.TrimSpace(string(data)), path)
}

// tokenPath is the file that Hugging Face's tools keep the token in; empty if this user has no home.
func tokenPath(getenv func(string) string) string {
	if path := getenv("HF_TOKEN_PATH"); path != "" {
		return path
	}
	if home := getenv("HF_HOME"); home != "" {
		return filepath.Join(home, "token")
	}
	if cache := getenv("XDG_CACHE_HOME"); cache != "" {
		return filepath.Join(cache, "huggingface", "token")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".cache", "huggingface", "token")
	}
	return ""
}

// checkToken refuses what cannot be sent, without showing it.
func checkToken(token, from string) (string, error) {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("the token of %s has characters that no token has; see what is in there", from)
	}
	return token, nil
}

// authorized sends the token along, with requests to the endpoint only. It stands below the client, which follows redirects:
// a request that leads elsewhere never has it, be it another port of the same host.
type authorized struct {
	endpoint *url.URL
	token    string
	next     http.RoundTripper
}

func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.token != "" && safe(a.endpoint) && r.URL.Scheme == a.endpoint.Scheme && r.URL.Host == a.endpoint.Host {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	return a.next.RoundTrip(r)
}

// safe reports whether nobody can listen on the way there.
func safe(u *url.URL) bool { return u.Scheme == "https" || network.IsLoopback(u.Hostname()) }
