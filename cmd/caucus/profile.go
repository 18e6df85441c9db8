package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"caucus/budget"
)

// A profile (budget.Profile) is kept for every model on every machine, and better with every run: a file in the user's
// cache, which can be deleted at any time.

// profilePath is where the profile of a model, as the flags run it, is kept on this machine.
func profilePath(c *cli.Context, from source) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the profile: %w", err)
	}
	host, _ := os.Hostname() // a cache may be shared by machines; without a name, by all that have none
	sum := sha256.Sum256([]byte(host + "|" + from.pacedBy(c)))
	return filepath.Join(cache, "caucus", "profile-"+hex.EncodeToString(sum[:8])+".json"), nil
}

// readProfile reads a file that writeProfile wrote.
func readProfile(path string) (*budget.Profile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	p := new(budget.Profile)
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("read the profile %s: %w", path, err)
	}
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("read the profile %s: %w", path, err)
	}
	return p, nil
}

func writeProfile(path string, p budget.Profile) error {
	return results{path: path}.write(func(w io.Writer) error { return json.NewEncoder(w).Encode(p) })
}

// knownProfile is the kept profile, or nil if there is none that can be read: a run learns one anew.
func knownProfile(c *cli.Context, from source) *budget.Profile {
	path, err := profilePath(c, from)
	if err != nil {
		return nil
	}
	p, err := readProfile(path)
	if err != nil {
		return nil
	}
	return p
}

// keepProfile keeps what a run has learnt. If that cannot be, the next run learns it again.
func keepProfile(c *cli.Context, from source, p budget.Profile) {
	if path, err := profilePath(c, from); err == nil && p.StepTime.Known() {
		if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
			_ = writeProfile(path, p)
		}
	}
}
