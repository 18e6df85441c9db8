package hub

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// Bounds of a listing, far above what any model has.
const (
	mostPages = 100
	pageBytes = 4 << 20
	fileBytes = 1 << 42 // 4 TiB
)

// A Model is what a repository has at one commit.
type Model struct {
	Repo     string // as in org/name
	Revision string // that was asked for
	Commit   string // that it was when it was looked up
	Files    []File
}

var (
	repoForm   = regexp.MustCompile(`^[A-Za-z0-9_][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}$`)
	commitForm = regexp.MustCompile(`^[0-9a-f]{40}$`)
	nextForm   = regexp.MustCompile(`<([^<>]*)>;\s*rel="?next"?`)
)

// CheckRepo reports what cannot be a model's name.
func CheckRepo(repo string) error {
	if !repoForm.MatchString(repo) || strings.Contains(repo, "..") {
		return fmt.Errorf("%q is no model's name; give ORG/NAME, as its page is headed", repo)
	}
	return nil
}

// Find looks a revision up, which is a branch, a tag or a commit, and lists its files. It says what it waits for.
func (c *Client) Find(ctx context.Context, repo, revision string, say func(string)) (Model, error) {
	m := Model{Repo: repo, Revision: revision}
	if err := CheckRepo(repo); err != nil {
		return m, err
	}
	org, name, _ := strings.Cut(repo, "/")
	var at struct {
		SHA string `json:"sha"`
	}
	err := c.fetchPage(ctx, say, repo, c.url("api", "models", org, name, "revision", revision), func(data []byte, _ string) error {
		if json.Unmarshal(data, &at) != nil || !commitForm.MatchString(at.SHA) {
			return errors.New("the server names no commit; see what HF_ENDPOINT is set to")
		}
		return nil
	})
	if err == nil {
		m.Commit = at.SHA
		m.Files, err = c.list(ctx, say, repo, c.url("api", "models", org, name, "tree", m.Commit)+"?recursive=true")
	}
	if err != nil {
		return m, c.explain("look up", repo, err)
	}
	return m, nil
}

// list reads the pages of a listing.
func (c *Client) list(ctx context.Context, say func(string), repo, address string) (files []File, err error) {
	for range mostPages {
		var next string
		err := c.fetchPage(ctx, say, repo, address, func(data []byte, link string) error {
			page, err := parseListing(data)
			files, next = append(files, page...), link
			return err
		})
		if err != nil || next == "" {
			return files, err
		}
		if address, err = c.follow(address, next); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("its listing does not end after %d pages", mostPages)
}

// follow is where the next page is, which must be at the endpoint, too.
func (c *Client) follow(address, next string) (string, error) {
	base, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	to, err := base.Parse(next)
	if err != nil || to.Scheme != c.endpoint.Scheme || to.Host != c.endpoint.Host || to.User != nil {
		return "", errors.New("its listing goes on at another server")
	}
	return to.String(), nil
}

// fetchPage hands a page of JSON to read, and the address of the next one if there is one.
func (c *Client) fetchPage(ctx context.Context, say func(string), repo, address string, read func([]byte, string) error) error {
	return c.retry(ctx, say, "look up "+repo, func() (bool, error) {
		resp, err := c.get(ctx, address, 0)
		if err != nil {
			return false, err
		}
		data, err := io.ReadAll(io.LimitReader(resp.Body, pageBytes+1))
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			return false, err
		}
		if len(data) > pageBytes {
			return false, fmt.Errorf("a page of its listing has more than %d bytes", pageBytes)
		}
		next := ""
		if link := nextForm.FindStringSubmatch(strings.Join(resp.Header.Values("Link"), ",")); link != nil {
			next = link[1]
		}
		return false, read(data, next)
	})
}

// parseListing reads a page: the files in it, whose names and sizes are then such as can be.
func parseListing(data []byte) ([]File, error) {
	var items []struct {
		Type, Path, OID string
		Size            int64
		LFS             *struct {
			OID  string
			Size int64
		}
	}
	if json.Unmarshal(data, &items) != nil { // whose error repeats what it found, of any length
		return nil, errors.New("its listing is not in the hub's form")
	}
	var files []File
	for _, item := range items {
		if item.Type != "file" {
			continue
		}
		f := File{Name: item.Path, Size: item.Size, Blob: item.OID}
		if item.LFS != nil {
			f = File{Name: item.Path, Size: item.LFS.Size, SHA256: item.LFS.OID}
		}
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("its listing: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}

// check reports a file that cannot be what it says. Folders may stand before its name.
func (f File) check() error {
	switch {
	case len(f.Name) > 1024, f.Name == ".", !fs.ValidPath(f.Name), strings.ContainsFunc(f.Name, neverInNames):
		return fmt.Errorf("the name %.100q is refused", f.Name)
	case f.Size < 0 || f.Size > fileBytes:
		return fmt.Errorf("the size of %q is refused: %d bytes", f.Name, f.Size)
	case f.SHA256 != "" && !isHex(f.SHA256, 64), f.SHA256 == "" && !isHex(f.Blob, 40):
		return fmt.Errorf("%q has no checksum", f.Name)
	}
	return nil
}

func neverInNames(r rune) bool {
	return r == '\\' || unicode.IsControl(r) || r == unicode.ReplacementChar
}

func isHex(s string, length int) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == length && s == strings.ToLower(s)
}
