package hub

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/sourcegraph/conc/pool"
)

// streams is how many files are fetched at once, each as one stream.
const streams = 4

// Fetch fetches what is missing. It says which files are there, and what it waits for; both from several goroutines. What it
// has when it fails or ctx ends stays, for another pull to go on with.
func (p *Pull) Fetch(ctx context.Context, c *Client, say func(string)) error {
	all := pool.New().WithContext(ctx).WithMaxGoroutines(streams).WithCancelOnError().WithFirstError()
	for _, file := range p.Files {
		all.Go(func(ctx context.Context) error {
			d := &download{File: file, pull: p, client: c, at: p.folder.begun(file)}
			if err := d.fetch(ctx, say); err != nil {
				return c.explain("fetch "+file.Name+" of", p.model.Repo, err)
			}
			say(fmt.Sprintf("%s is there, %s", file.Name, humanize.Bytes(uint64(file.Size))))
			return nil
		})
	}
	return all.Wait()
}

// A download is one file on its way.
type download struct {
	File
	pull   *Pull
	client *Client
	at     int64 // bytes of it in Pull.Got
}

// enough is progress that makes up for a failure.
const enough = 1 << 20

var (
	errChecksum = errors.New("its checksum is not the one that the hub lists")
	errRange    = errors.New("the server goes on at another place than it was asked to")
)

// fetch fetches a file, anew if what is there proves wrong, but only once.
func (d *download) fetch(ctx context.Context, say func(string)) error {
	once := func() error {
		return d.client.retry(ctx, say, d.Name, func() (bool, error) {
			before := d.at
			err := d.try(ctx)
			return d.at-before >= enough, err
		})
	}
	err := once()
	if errors.Is(err, errChecksum) {
		say(fmt.Sprintf("%s: %v; fetching it anew", d.Name, err))
		err = once()
	}
	if errors.Is(err, errChecksum) {
		return fmt.Errorf("%w, twice; what came was removed, try again later", err)
	}
	return err
}

// try goes on with the part that is there, and makes a file of it if it is whole and right.
func (d *download) try(ctx context.Context) error {
	path := d.pull.folder.at
	part, err := os.OpenFile(path(d.part()), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	sum, err := d.complete(ctx, part)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	if !d.matches(sum) {
		d.move(0)
		return errors.Join(errChecksum, os.Remove(path(d.part())))
	}
	return os.Rename(path(d.part()), path(d.Name))
}

// complete reads the part, and writes the rest of the file behind it.
func (d *download) complete(ctx context.Context, part *os.File) (hash.Hash, error) {
	sum := d.newHash()
	have, err := io.Copy(sum, untilDone{ctx, io.LimitReader(part, d.Size+1)})
	if err != nil {
		return nil, err
	}
	if have == d.Size {
		d.move(have)
		return sum, nil
	}
	if have > d.Size {
		have = 0
	}
	d.move(have)
	resp, err := d.request(ctx, have)
	if errors.Is(err, errRange) {
		d.move(0)
		return nil, errors.Join(err, part.Truncate(0))
	}
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK { // from the beginning, whatever it was asked
		sum, have = d.newHash(), 0
		d.move(0)
	}
	err = errors.Join(part.Truncate(have), seek(part, have))
	if err == nil {
		_, err = io.Copy(io.MultiWriter(part, sum, d), io.LimitReader(resp.Body, d.Size-have))
	}
	_ = resp.Body.Close()
	if err == nil && d.at < d.Size {
		err = passingError{error: fmt.Errorf("the server sends %d bytes of %d", d.at, d.Size)}
	}
	return sum, err
}

func seek(file *os.File, to int64) error {
	_, err := file.Seek(to, io.SeekStart)
	return err
}

// request asks for the file, from a byte on.
func (d *download) request(ctx context.Context, from int64) (*http.Response, error) {
	m, c := d.pull.model, d.client
	org, name, _ := strings.Cut(m.Repo, "/")
	resp, err := c.get(ctx, c.url(org, name, "resolve", m.Commit, d.Name), from)
	if status := (*statusError)(nil); errors.As(err, &status) && status.status == http.StatusRequestedRangeNotSatisfiable {
		return nil, passingError{error: errRange}
	}
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusPartialContent &&
		!strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)) {
		return nil, errors.Join(passingError{error: errRange}, resp.Body.Close())
	}
	return resp, nil
}

// Write counts what has come.
func (d *download) Write(p []byte) (int, error) {
	d.move(d.at + int64(len(p)))
	return len(p), nil
}

// move is where the file's part ends now.
func (d *download) move(to int64) {
	d.pull.got.Add(to - d.at)
	d.at = to
}
