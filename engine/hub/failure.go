package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// explain says of which model something failed, and what to do about it.
func (c *Client) explain(doing, repo string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if advice := c.adviceFor(repo, err); advice != "" {
		return fmt.Errorf("%s %s: %w: %s", doing, repo, err, advice)
	}
	return fmt.Errorf("%s %s: %w", doing, repo, err)
}

func (c *Client) adviceFor(repo string, err error) string {
	var status *statusError
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "make room on that disk"
	case !errors.As(err, &status):
		if errors.As(err, new(net.Error)) {
			return "see whether this machine is online, and what HF_ENDPOINT and HTTPS_PROXY are set to"
		}
		return ""
	case status.code == "RevisionNotFound":
		return "the model has no such revision; see its page " + c.page(repo)
	case status.host != c.endpoint.Host:
		return "" // of the storage, which knows no models
	case status.status == http.StatusNotFound:
		return "there is no such model or revision; see whether there is a page " + c.page(repo)
	case status.status == http.StatusUnauthorized, status.status == http.StatusForbidden:
		return c.gated(repo)
	case status.status == http.StatusTooManyRequests && c.token == "":
		return "try again later, or with a token in HF_TOKEN"
	case status.status == http.StatusTooManyRequests, status.status >= 500:
		return "try again later"
	}
	return ""
}

// gated is what to do about a model that is not given to everybody.
func (c *Client) gated(repo string) string {
	switch {
	case c.token == "":
		return "the model is gated or private, or there is none of that name: accept its licence on its page " + c.page(repo) +
			", and set HF_TOKEN to a token of that account"
	case !safe(c.endpoint):
		return "the model is gated or private, and the token is not sent to HF_ENDPOINT without https"
	default:
		return "the model is gated or private, and your token is not good for it: accept its licence on its page " + c.page(repo) +
			", and set HF_TOKEN to a valid token of that account"
	}
}
