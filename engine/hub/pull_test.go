package hub

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	first   = "model-00001-of-00002.safetensors"
	atStore = "GET /" + first
)

// fresh is the path of a folder that is not there yet.
func fresh(t *testing.T) string { return filepath.Join(t.TempDir(), "name") }

func TestAPullFetchesWhatTheModelNeedsAndNoMore(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	p := f.pull(t.Context(), f.client(), folder, "")
	if p.err != nil {
		t.Fatal(p.err)
	}
	f.holdsModel(folder)
	if pages := f.requests("/tree/"); len(pages) != 6 {
		t.Errorf("12 items were read in %d pages of 2", len(pages))
	}
}

func TestASecondPullFetchesNothing(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.pull(t.Context(), f.client(), folder, "")
	before := len(f.requests("/resolve/"))
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil || p.fetched != 0 || p.present != 5 {
		t.Error(p)
	}
	if after := len(f.requests("/resolve/")); after != before {
		t.Errorf("%d requests for files", after-before)
	}
	f.holdsModel(folder)
}

func TestAFileThatWasChangedIsFetchedAgain(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.pull(t.Context(), f.client(), folder, "")
	path := filepath.Join(folder, "config.json")
	if err := os.WriteFile(path, bytes.ToUpper(f.files["config.json"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil || p.present != 4 {
		t.Error(p)
	}
	f.holdsModel(folder)
}

func TestADroppedConnectionIsGoneOnWith(t *testing.T) {
	for _, ranges := range []bool{true, false} {
		f, folder := newFakeHub(t), fresh(t)
		f.noRanges = !ranges
		var dropped atomic.Int32
		f.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/"+first && dropped.Add(1) == 1 {
				cut(w, f.files[first], twoMiB)
			}
			return false
		}
		if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil {
			t.Fatal(p.err)
		}
		f.holdsModel(folder)
		asked := f.requests(atStore)
		if len(asked) != 2 || !strings.HasPrefix(asked[1], atStore+" bytes=") {
			t.Errorf("ranges %v: %q", ranges, asked)
		}
	}
}

func TestProgressMakesUpForFailures(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.files[first] = content(8 * enough)
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/"+first {
			return false
		}
		from := 0
		if r.Header.Get("Range") != "" {
			from = rangeStart(t, r)
			w.Header().Set("Content-Range", "bytes "+strings.TrimPrefix(r.Header.Get("Range"), "bytes=")+"/*")
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(f.files[first][from:min(from+enough, len(f.files[first]))]) // and no more, many more times than mostFailures
		return true
	}
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil {
		t.Fatal(p.err)
	}
	f.holdsModel(folder)
}

func TestAnInterruptedPullKeepsItsPartsAndGoesOn(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	ctx, interrupt := context.WithCancel(t.Context())
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/"+first {
			_, _ = w.Write(f.files[first][:enough])
			_ = http.NewResponseController(w).Flush()
			waitForPart(t, filepath.Join(folder, first+partSuffix), enough)
			interrupt()
			<-r.Context().Done()
			return true
		}
		return false
	}
	if p := f.pull(ctx, f.client(), folder, ""); p.err == nil || ctx.Err() == nil {
		t.Fatal("it was not interrupted: ", p.err)
	}
	if info, err := os.Stat(filepath.Join(folder, first+partSuffix)); err != nil || info.Size() != enough {
		t.Fatal("the part is gone: ", err)
	}
	f.instead = nil
	p := f.pull(t.Context(), f.client(), folder, "")
	if p.err != nil || p.fetched > twoMiB+1-enough+2000 {
		t.Error(p)
	}
	f.holdsModel(folder)
	if asked := f.requests(atStore); asked[1] != atStore+" bytes=1048576-" {
		t.Errorf("%q", asked)
	}
}

func waitForPart(t *testing.T, path string, size int64) {
	for end := time.Now().Add(manyTime); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() >= size {
			return
		}
	}
	t.Error("the part did not come")
}

func TestAWrongPartIsFetchedAnew(t *testing.T) {
	for _, size := range []int{1, enough, twoMiB, twoMiB + 1, twoMiB + 2} {
		f, folder := newFakeHub(t), fresh(t)
		f.pull(t.Context(), f.client(), folder, "") // for the record
		whole := filepath.Join(folder, first)
		if err := os.Rename(whole, whole+partSuffix); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(whole+partSuffix, bytes.Repeat([]byte("x"), size), 0o600); err != nil {
			t.Fatal(err)
		}
		if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil || !slices.ContainsFunc(p.said, isAnew) && size <= twoMiB+1 {
			t.Error(size, p)
		}
		f.holdsModel(folder)
	}
}

func isAnew(line string) bool { return strings.Contains(line, "fetching it anew") }

func TestAWrongChecksumIsAnErrorAfterOneMoreTry(t *testing.T) {
	for _, name := range []string{first, "config.json"} {
		f, folder := newFakeHub(t), fresh(t)
		f.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/"+name) || isLarge(name) && !strings.HasPrefix(r.URL.Path, "/"+name) {
				return false
			}
			_, _ = w.Write(bytes.Repeat([]byte("x"), len(f.files[name])))
			return true
		}
		p := f.pull(t.Context(), f.client(), folder, "")
		wants(t, p.err, "fetch "+name+" of org/name: its checksum is not the one that the hub lists, twice")
		if got := namesIn(t, folder); slices.Contains(got, name) || slices.Contains(got, name+partSuffix) {
			t.Errorf("it left %q", got)
		}
		if asked := f.requests("/resolve/" + aCommit + "/" + name); len(asked) != 2 {
			t.Errorf("%q", asked)
		}
	}
}

func TestABodyWithoutEndIsReadToItsAnnouncedSize(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/"+first {
			return false
		}
		_, err := w.Write(f.files[first])
		for err == nil && r.Context().Err() == nil {
			_, err = w.Write(f.files[first])
		}
		return true
	}
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil {
		t.Fatal(p.err)
	}
	f.holdsModel(folder)
}

func TestABodyThatStandsStillIsAskedForAgain(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	var stood atomic.Int32
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/"+first || stood.Add(1) > 1 {
			return false
		}
		_, _ = w.Write(f.files[first][:10])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return true
	}
	c := f.client()
	c.stall = 300 * time.Millisecond
	p := f.pull(t.Context(), c, folder, "")
	if p.err != nil || !strings.Contains(strings.Join(p.said, "\n"), first+": nothing has come for too long; trying again in") {
		t.Error(p)
	}
	f.holdsModel(folder)
}

func TestAnAnswerOfAnotherRangeIsNotUsed(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	var turn atomic.Int32
	f.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/"+first {
			return false
		}
		switch turn.Add(1) {
		case 1:
			cut(w, f.files[first], enough)
		case 2:
			w.Header().Set("Content-Range", "bytes 7-8/9")
			w.WriteHeader(http.StatusPartialContent)
			return true
		case 3:
			cut(w, f.files[first], enough)
		case 4:
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return true
		}
		return false
	}
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil || slices.ContainsFunc(p.said, isAnew) {
		t.Fatal(p)
	}
	f.holdsModel(folder)
}

func TestAnotherCommitReplacesWhatDiffers(t *testing.T) {
	f, folder := newFakeHub(t), fresh(t)
	f.files["Q4.gguf"] = content(77)
	f.pull(t.Context(), f.client(), folder, "Q4.gguf")
	f.pull(t.Context(), f.client(), folder, "")
	f.holdsModel(folder, "Q4.gguf")
	second := "model-00002-of-00002.safetensors"
	if err := os.WriteFile(filepath.Join(folder, first+partSuffix), content(1000), 0o600); err != nil {
		t.Fatal(err)
	}
	f.commit = strings.Repeat("f", 40)
	f.files["only.safetensors"], f.files[first] = f.files[second], content(5000)[1:]
	delete(f.files, second)
	if p := f.pull(t.Context(), f.client(), folder, ""); p.err != nil || slices.ContainsFunc(p.said, isAnew) || p.fetched != 1000+4999 {
		t.Fatal(p)
	}
	want := []string{recordName, lockName, "Q4.gguf", "chat_template.jinja", "config.json", first, "only.safetensors", "tokenizer.json"}
	slices.Sort(want)
	if got := namesIn(t, folder); !slices.Equal(got, want) {
		t.Errorf("the folder has %q", got)
	}
}

func rangeStart(t *testing.T, r *http.Request) (from int) {
	t.Helper()
	for _, digit := range strings.Trim(r.Header.Get("Range"), "bytes=-") {
		from = 10*from + int(digit-'0')
	}
	return from
}
