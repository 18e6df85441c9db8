// Package hub fetches models from the Hugging Face hub, or from a mirror of it, through its HTTP interface.
//
//	client, err := hub.New(os.Getenv)
//	model, err := client.Find(ctx, "org/name", "main", say)
//	files, err := model.Needed("")
//	folder, err := hub.OpenFolder("name", model.Repo)
//	pull, err := folder.Plan(ctx, model, files)
//	err = pull.Fetch(ctx, client, say)
//	err = folder.Close()
//
// Rules:
//
//   - A pull has one commit: the revision is looked up once, and all files are of that.
//   - A file gets its name when its size and its checksum are those of the listing, which the hub makes of the commit. Until
//     then it is NAME.part. A pull that is stopped goes on with the parts that are there.
//   - The server is not trusted: names that could lead out of the folder, listings without end and more bytes than announced
//     are refused. It can still give a model that is not the one meant, if the endpoint is not the hub.
//   - The token is sent to the endpoint alone, and only where nobody can listen. It is in no file, no message and no error.
//   - One process fetches into a folder at a time, and none into a folder that holds something else.
package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"caucus/engine/internal/network"
)

// defaultEndpoint is the public hub.
const defaultEndpoint = "https://huggingface.co"

// A Client speaks to one endpoint.
type Client struct {
	endpoint *url.URL
	token    string
	http     *http.Client
	stall    time.Duration // without a byte, after which a request is given up
	wait     func(context.Context, time.Duration) error
}

// New is a client of the endpoint and with the token that the environment names, in the variables of Hugging Face's own
// tools: HF_ENDPOINT, or else the public hub; HF_TOKEN, or else the file that those tools keep it in.
func New(getenv func(string) string) (*Client, error) {
	endpoint, err := endpointOf(getenv("HF_ENDPOINT"))
	if err != nil {
		return nil, err
	}
	token, err := tokenOf(getenv)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true // sizes and checksums are of the bytes as they are
	return &Client{
		endpoint: endpoint,
		token:    token,
		http:     &http.Client{Transport: &authorized{endpoint, token, transport}, CheckRedirect: checkRedirect},
		stall:    time.Minute,
		wait:     network.Pause,
	}, nil
}

// endpointOf reads HF_ENDPOINT. Its errors do not show it whole: somebody may have put a password there.
func endpointOf(value string) (*url.URL, error) {
	if value == "" {
		value = defaultEndpoint
	}
	endpoint, err := url.Parse(strings.TrimRight(value, "/"))
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" {
		return nil, errors.New("HF_ENDPOINT is no address such as " + defaultEndpoint)
	}
	if endpoint.User != nil || endpoint.RawQuery != "" || endpoint.Fragment != "" {
		return nil, fmt.Errorf("HF_ENDPOINT has more than the address of %s; give a token by HF_TOKEN", endpoint.Host)
	}
	return endpoint, nil
}

// url is an address at the endpoint, from the parts of its path.
func (c *Client) url(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return c.endpoint.String() + "/" + strings.Join(parts, "/")
}

// page is where a person reads about a model.
func (c *Client) page(repo string) string { return c.endpoint.String() + "/" + repo }

var errRedirect = errors.New("it redirects where it must not")

// mostRedirects is more than the hub and its storage need.
const mostRedirects = 5

// checkRedirect keeps to encrypted connections, but for tests on this machine.
func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > mostRedirects {
		return fmt.Errorf("%w: more than %d times", errRedirect, mostRedirects)
	}
	if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return fmt.Errorf("%w: to a connection that is not encrypted", errRedirect)
	}
	return nil
}
