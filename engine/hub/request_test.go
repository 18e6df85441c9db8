package hub

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"caucus/engine/internal/network"
)

// answering makes the hub answer requests of a path with a status.
func (f *fakeHub) answering(path string, status int, header ...string) {
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, path) {
			return false
		}
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte("you sent " + r.Header.Get("Authorization")))
		return true
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		path   string
		status int
		token  string
		code   string
		want   string
	}{
		{"/api/", 401, "", "RepoNotFound", "look up org/name: 127.0.0.1:PORT answers 401 Unauthorized: the model is gated or private, or there is none " +
			"of that name: accept its licence on its page http://127.0.0.1:PORT/org/name, and set HF_TOKEN"},
		{"/resolve/", 401, "", "GatedRepo", "of org/name: 127.0.0.1:PORT answers 401 Unauthorized: the model is gated or private"},
		{"/resolve/", 403, secret, "GatedRepo", "403 Forbidden: the model is gated or private, and your token is not good for it: accept its licence on its page"},
		{"/api/", 404, secret, "RepoNotFound", "there is no such model or revision"},
		{"/api/", 404, "", "RevisionNotFound", "the model has no such revision; see its page"},
		{"/api/", 400, "", "", "look up org/name: 127.0.0.1:PORT answers 400 Bad Request"},
	} {
		f := newFakeHub(t)
		f.answering(c.path, c.status, "X-Error-Code", c.code)
		p := f.pull(t.Context(), f.client("HF_TOKEN", c.token), fresh(t), "")
		wants(t, p.err, strings.ReplaceAll(c.want, "127.0.0.1:PORT", strings.TrimPrefix(f.hub.URL, "http://")))
		if len(f.waited) > 0 {
			t.Errorf("status %d was asked for again", c.status)
		}
	}
}

func TestFailuresThatPassAreTriedAgain(t *testing.T) {
	for _, status := range []int{408, 429, 500, 502, 503, 504} {
		f, folder := newFakeHub(t), fresh(t)
		var seen sync.Map
		f.instead = func(w http.ResponseWriter, r *http.Request) bool {
			_, again := seen.LoadOrStore(r.Host+r.URL.String(), true)
			if !again {
				w.WriteHeader(status)
			}
			return !again
		}
		if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil {
			t.Error(status, p.err)
		}
		f.holdsModel(folder)
	}
}

func TestFailuresThatDoNotPassAreAnErrorInTheEnd(t *testing.T) {
	f := newFakeHub(t)
	f.answering("/api/", 503)
	p := f.pull(t.Context(), f.client(), fresh(t), "")
	wants(t, p.err, "answers 503 Service Unavailable: try again later")
	if len(f.waited) != mostFailures-1 {
		t.Fatalf("it waited %v", f.waited)
	}
	for i, pause := range f.waited {
		if most := firstPause << i; pause < most/2 || pause > most {
			t.Errorf("pause %d is %v", i, pause)
		}
	}
}

func TestRetryAfterIsHeeded(t *testing.T) {
	f := newFakeHub(t)
	f.answering("/api/", 429, "Retry-After", "17")
	p := f.pull(t.Context(), f.client(), fresh(t), "")
	wants(t, p.err, "answers 429 Too Many Requests: try again later")
	if len(f.waited) != mostFailures-1 || f.waited[0] != 17*time.Second || !strings.HasSuffix(p.said[0], "trying again in 17s") {
		t.Errorf("%v, %q", f.waited, p.said)
	}
	f.answering("/api/", 429, "Retry-After", "3600")
	p = f.pull(t.Context(), f.client("HF_TOKEN", ""), fresh(t), "")
	wants(t, p.err, "and wants to be left alone for 1h0m0s; try again then", "or with a token in HF_TOKEN")

	for value, want := range map[string]time.Duration{
		"": 0, "x": 0, "-4": 0, "0": 0, "99999999999": 1e6 * time.Second, "Mon, 02 Jan 2006 15:04:05 GMT": 0,
	} {
		if got := retryAfter(value); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	if got := retryAfter(time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)); got < 59*time.Minute || got > time.Hour {
		t.Error(got)
	}
}

func TestAServerOutOfReachSaysWhatToLookAt(t *testing.T) {
	f := newFakeHub(t)
	f.hub.Close()
	p := f.pull(t.Context(), f.client(), fresh(t), "")
	wants(t, p.err, "look up org/name: reach 127.0.0.1:", "see whether this machine is online, and what HF_ENDPOINT and HTTPS_PROXY are set to")
}

func TestTheStorageMayForbidOnce(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	var once atomic.Bool
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/"+first && once.CompareAndSwap(false, true) {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	}
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil {
		t.Error(p.err)
	}
	f.holdsModel(folder)
}

func TestRedirectsAreBounded(t *testing.T) {
	f := newFakeHub(t)
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		return true
	}
	p := f.pull(t.Context(), f.client(), fresh(t), "")
	wants(t, p.err, "it redirects where it must not: more than 5 times")

	f.instead = func(w http.ResponseWriter, r *http.Request) bool { // it repeats what it was sent, in no address
		w.Header().Set("Location", "http://%zz"+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusFound)
		return true
	}
	p = f.pull(t.Context(), f.client(), fresh(t), "")
	wants(t, p.err, "it makes an address of what it was sent")

	secure := httptest.NewTLSServer(http.RedirectHandler(f.storage.URL, http.StatusFound))
	defer secure.Close()
	c := f.client("HF_ENDPOINT", secure.URL)
	c.http.Transport.(*authorized).next = secure.Client().Transport
	_, err := c.Find(t.Context(), aRepo, "main", func(string) {})
	wants(t, err, "it redirects where it must not: to a connection that is not encrypted")
	if len(f.requests(" / ")) > 0 {
		t.Error("it followed")
	}
}

func TestTheTokenIsFoundWhereOtherToolsKeepIt(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("home/token", " of-home\n")
	write("cache/huggingface/token", "of-cache")
	path := write("elsewhere", "of-path\n")
	bad := write("bad", "one\ntwo")
	t.Setenv("HOME", folder)
	write(".cache/huggingface/token", "of-user")
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"HF_TOKEN": " given ", "HF_TOKEN_PATH": path}, "given"},
		{map[string]string{"HF_TOKEN": " ", "HF_TOKEN_PATH": path, "HF_HOME": filepath.Join(folder, "home")}, "of-path"},
		{map[string]string{"HF_HOME": filepath.Join(folder, "home")}, "of-home"},
		{map[string]string{"XDG_CACHE_HOME": filepath.Join(folder, "cache")}, "of-cache"},
		{map[string]string{"HF_HOME": filepath.Join(folder, "nowhere")}, ""},
	} {
		if got, err := tokenOf(func(name string) string { return c.env[name] }); got != c.want || err != nil {
			t.Errorf("%v: %q, %v", c.env, got, err)
		}
	}
	for _, env := range []map[string]string{{"HF_TOKEN": "one two"}, {"HF_TOKEN": "one\ntwo"}, {"HF_TOKEN_PATH": bad}} {
		_, err := New(func(name string) string { return env[name] })
		wants(t, err, "has characters that no token has")
		if strings.Contains(err.Error(), "two") {
			t.Errorf("it shows the token: %v", err)
		}
	}
}

func TestTheTokenIsSentToTheEndpointOnly(t *testing.T) {
	for _, c := range []struct {
		endpoint, to string
		sent         bool
	}{
		{"https://hub.example", "https://hub.example/x", true},
		{"https://hub.example", "https://hub.example:444/x", false},
		{"https://hub.example", "http://hub.example/x", false},
		{"https://hub.example", "https://cdn.hub.example/x", false},
		{"https://hub.example", "https://hub.example.org/x", false},
		{"http://hub.example", "http://hub.example/x", false},
		{"http://localhost:80", "http://localhost:80/x", true},
		{"http://127.0.0.2:80", "http://127.0.0.2:80/x", true},
		{"http://127.0.0.1:80", "http://127.0.0.1:81/x", false},
		{"http://[::1]:80", "http://[::1]:80/x", true},
		{"http://127.0.0.1.example:80", "http://127.0.0.1.example:80/x", false},
	} {
		endpoint, err := endpointOf(c.endpoint)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		a := authorized{endpoint, secret, roundTrip(func(r *http.Request) (*http.Response, error) {
			got = r.Header.Get("Authorization")
			return nil, http.ErrAbortHandler
		})}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.to, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = a.RoundTrip(r)
		if (got == "Bearer "+secret) != c.sent || r.Header.Get("Authorization") != "" {
			t.Errorf("from %s to %s: sent %q", c.endpoint, c.to, got)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAnEndpointIsAnAddressWithoutSecrets(t *testing.T) {
	for _, value := range []string{
		"hub.example", "ftp://hub.example", "https://", "https://user:" + secret + "@hub.example",
		"https://hub.example?token=" + secret, "https://hub.example#" + secret, "https://%zz" + secret,
	} {
		_, err := New(func(name string) string { return map[string]string{"HF_ENDPOINT": value, "HF_HOME": "/nowhere"}[name] })
		wants(t, err, "HF_ENDPOINT")
		if strings.Contains(err.Error(), secret) {
			t.Errorf("it shows a secret: %v", err)
		}
	}
	c, err := New(func(name string) string {
		return map[string]string{"HF_ENDPOINT": "https://mirror.example/hf/", "HF_HOME": "/nowhere"}[name]
	})
	if err != nil || c.url("api", "a/b") != "https://mirror.example/hf/api/a%2Fb" {
		t.Error(err)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := network.Pause(ctx, time.Minute); err == nil || time.Since(begin) != time.Second {
			t.Error(err, time.Since(begin))
		}
		if err := network.Pause(t.Context(), time.Minute); err != nil || time.Since(begin) != time.Minute+time.Second {
			t.Error(err, time.Since(begin))
		}
	})
}
