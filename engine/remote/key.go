package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"caucus/engine/internal/network"
)

// A Key is what servers know the user by. It cannot be printed.
type Key struct {
	secret string
	given  bool // for these servers, and not by an environment that may be meant for others
}

// String keeps keys out of logs, ledgers and errors.
func (Key) String() string { return "(a key)" }

// GoString does the same for %#v.
func (k Key) GoString() string { return k.String() }

// KeyVariable is the environment's variable that official clients take the key from.
const KeyVariable = "OPENAI_API_KEY"

// ReadKey returns the key that a file holds, or, without a path, that of the environment, which may be none.
func ReadKey(path string, getenv func(string) string) (Key, error) {
	if path == "" {
		return checkKey(Key{secret: strings.TrimSpace(getenv(KeyVariable))}, KeyVariable)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("read the key: %w", err)
	}
	k := Key{strings.TrimSpace(string(data)), true}
	if k.secret == "" {
		return k, fmt.Errorf("read the key: %s is empty", path)
	}
	return checkKey(k, path)
}

// checkKey refuses what cannot be sent, without showing it.
func checkKey(k Key, from string) (Key, error) {
	if strings.ContainsFunc(k.secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Key{}, fmt.Errorf("the key of %s has characters that no key has; see what is in there", from)
	}
	return k, nil
}

// sign adds the key to a request. One that the environment has for everybody is sent only where nobody can listen: it may be
// meant for another server than this one.
func (k Key) sign(r *http.Request) {
	if k.secret != "" && (k.given || r.URL.Scheme == "https" || network.IsLoopback(r.URL.Hostname())) {
		r.Header.Set("Authorization", "Bearer "+k.secret)
	}
}

// hide takes the key out of what a server says.
func (k Key) hide(text string) string {
	if k.secret == "" {
		return text
	}
	inJSON, _ := json.Marshal(k.secret) // a text can be
	return strings.NewReplacer(k.secret, k.String(), strings.Trim(string(inJSON), `"`), k.String()).Replace(text)
}

// ParseURL checks the address of a server's interface and returns it without a slash at its end. Without a path it is taken
// to be /v1.
func ParseURL(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil:
		return "", errors.New("it is no URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("%q is no URL of a server; give one such as http://localhost:8000/v1", u.Redacted())
	case u.User != nil:
		return "", errors.New("a URL is shown and kept in ledgers; leave the password out of it, and put a key into a file")
	case u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("%q has more than a path; give a URL such as http://localhost:8000/v1", address)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.Path == "" {
		u.Path = "/v1"
	}
	return u.String(), nil
}
