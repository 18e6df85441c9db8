package hub

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	secret   = "hf_ThisIsTheSecretOfTheTests"
	aRepo    = "org/name"
	aCommit  = "0123456789abcdef0123456789abcdef01234567"
	twoMiB   = 2 << 20
	manyTime = 10 * time.Second // longer than any test takes
)

// A fakeHub is a hub with one model, and a storage on another port that large files are redirected to.
type fakeHub struct {
	t              *testing.T
	hub, storage   *httptest.Server
	files          map[string][]byte
	listed         func(items []map[string]any) []map[string]any // what the listing says instead
	commit         string
	page           int  // items a page
	noRanges       bool // the storage sends files whole
	instead        func(w http.ResponseWriter, r *http.Request) bool
	mu             sync.Mutex
	asked          []string // "GET /path" or "GET /path bytes=7-", in order
	tokenAtStorage bool
	waited         []time.Duration
}

func newFakeHub(t *testing.T) *fakeHub {
	f := &fakeHub{t: t, commit: aCommit, page: 2, files: map[string][]byte{
		"config.json":                      []byte(`{"model_type": "test"}`),
		"tokenizer.json":                   []byte(`{}`),
		"chat_template.jinja":              {},
		"model-00001-of-00002.safetensors": content(twoMiB + 1),
		"model-00002-of-00002.safetensors": content(1000),
		"consolidated.00.safetensors":      content(3),
		"README.md":                        []byte("# A model"),
		"picture.png":                      content(5),
		".gitattributes":                   content(5),
		"original/params.json":             []byte(`{}`),
		"onnx/model.safetensors":           content(9),
	}}
	f.hub = httptest.NewServer(f.logged(f.serveHub))
	f.storage = httptest.NewServer(f.logged(f.serveStorage))
	t.Cleanup(func() { f.hub.Close(); f.storage.Close() })
	return f
}

// content is so many bytes, which differ from place to place.
func content(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i * i >> 8)
	}
	return data
}

func isLarge(name string) bool {
	return !strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".jinja")
}

func (f *fakeHub) logged(serve http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+r.Header.Get("Range")))
		instead := f.instead
		f.mu.Unlock()
		if instead == nil || !instead(w, r) {
			serve(w, r)
		}
	})
}

func (f *fakeHub) serveHub(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.EscapedPath(); {
	case strings.HasPrefix(path, "/api/models/org/name/revision/"):
		_, _ = fmt.Fprintf(w, `{"sha": %q}`, f.commit)
	case path == "/api/models/org/name/tree/"+f.commit:
		f.serveListing(w, r)
	case strings.HasPrefix(path, "/org/name/resolve/"+f.commit+"/"):
		name := strings.TrimPrefix(r.URL.Path, "/org/name/resolve/"+f.commit+"/")
		if isLarge(name) {
			http.Redirect(w, r, f.storage.URL+"/"+name+"?signature=SignedForOne", http.StatusFound)
			return
		}
		_, _ = w.Write(f.files[name])
	default:
		w.Header().Set("X-Error-Message", "you sent "+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusNotFound)
	}
}

func (f *fakeHub) serveListing(w http.ResponseWriter, r *http.Request) {
	items := f.items()
	if f.listed != nil {
		items = f.listed(items)
	}
	var from int
	_, _ = fmt.Sscan(r.URL.Query().Get("cursor"), &from)
	to := min(from+f.page, len(items))
	if to < len(items) {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?recursive=true&cursor=%d>; rel="next"`, f.hub.URL, r.URL.Path, to))
	}
	_ = json.NewEncoder(w).Encode(items[from:to])
}

func (f *fakeHub) items() []map[string]any {
	items := []map[string]any{{"type": "directory", "path": "original", "oid": "", "size": 0}}
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		data := f.files[name]
		blob := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(data)), data...))
		item := map[string]any{"type": "file", "path": name, "size": len(data), "oid": fmt.Sprintf("%x", blob)}
		if isLarge(name) {
			item["oid"] = strings.Repeat("0", 40) // of the pointer
			item["lfs"] = map[string]any{"oid": fmt.Sprintf("%x", sha256.Sum256(data)), "size": len(data), "pointerSize": 135}
		}
		items = append(items, item)
	}
	return items
}

func (f *fakeHub) serveStorage(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" || strings.Contains(r.URL.String(), secret) {
		f.mu.Lock()
		f.tokenAtStorage = true
		f.mu.Unlock()
	}
	data := f.files[strings.TrimPrefix(r.URL.Path, "/")]
	if f.noRanges {
		_, _ = w.Write(data)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// requests are those that were made of a path.
func (f *fakeHub) requests(path string) (of []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, asked := range f.asked {
		if strings.Contains(asked, path) {
			of = append(of, asked)
		}
	}
	return of
}

// client is one of the fake hub, with a token, that waits for nothing.
func (f *fakeHub) client(env ...string) *Client {
	f.t.Helper()
	all := map[string]string{"HF_ENDPOINT": f.hub.URL, "HF_TOKEN": secret, "HF_HOME": f.t.TempDir()}
	for i := 0; i < len(env); i += 2 {
		all[env[i]] = env[i+1]
	}
	c, err := New(func(name string) string { return all[name] })
	if err != nil {
		f.t.Fatal(err)
	}
	c.stall = manyTime
	c.wait = func(ctx context.Context, pause time.Duration) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.waited = append(f.waited, pause)
		return ctx.Err()
	}
	return c
}

// A pulling is what became of a pull.
type pulling struct {
	said    []string
	fetched int64
	present int
	err     error
}

// pull pulls the model into a folder, as the command does. Whatever it says or leaves must not have the token.
func (f *fakeHub) pull(ctx context.Context, c *Client, folder, gguf string) (p pulling) {
	f.t.Helper()
	var mu sync.Mutex
	say := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		p.said = append(p.said, line)
	}
	p.err = func() error {
		model, err := c.Find(ctx, aRepo, "main", say)
		if err != nil {
			return err
		}
		files, err := model.Needed(gguf)
		if err != nil {
			return err
		}
		to, err := OpenFolder(folder, model.Repo)
		if err != nil {
			return err
		}
		defer func() { _ = to.Close() }()
		pull, err := to.Plan(ctx, model, files)
		if err != nil {
			return err
		}
		begun := pull.Got()
		err = pull.Fetch(ctx, c, say)
		p.fetched, p.present = pull.Got()-begun, len(pull.Present)
		return err
	}()
	f.t.Log(p.said, p.err)
	for _, text := range append(p.said, fmt.Sprint(p.err)) {
		if strings.Contains(text, secret) || strings.Contains(text, "SignedForOne") {
			f.t.Errorf("it gives a secret away: %s", text)
		}
	}
	if f.tokenAtStorage {
		f.t.Error("the storage was sent the token")
	}
	withoutSecret(f.t, folder)
	return p
}

func withoutSecret(t *testing.T, folder string) {
	t.Helper()
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err == nil && bytes.Contains(data, []byte(secret)) {
			t.Errorf("%s has the token", entry.Name())
		}
	}
}

// holdsModel reports what is wrong with a folder that is to have the model.
func (f *fakeHub) holdsModel(folder string, more ...string) {
	f.t.Helper()
	want := append([]string{recordName, lockName, "config.json", "tokenizer.json", "chat_template.jinja",
		"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}, more...)
	slices.Sort(want)
	if got := namesIn(f.t, folder); !slices.Equal(got, want) {
		f.t.Errorf("the folder has %q, want %q", got, want)
	}
	for _, name := range want {
		if data, err := os.ReadFile(filepath.Join(folder, name)); err != nil || name[0] != '.' && !bytes.Equal(data, f.files[name]) {
			f.t.Errorf("%s is not as it should be: %v", name, err)
		}
	}
}

func namesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	slices.Sort(names)
	return names
}

// wants reports an error that does not say all of this.
func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("the error is %v, and does not say %q", err, word)
		}
	}
}

// cut sends the first bytes of an answer, and then drops the connection.
func cut(w http.ResponseWriter, data []byte, n int) {
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	_, _ = io.Copy(w, bytes.NewReader(data[:n]))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
