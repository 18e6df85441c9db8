package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sourcegraph/conc/iter"
)

// A Model is what a server tells of a model. Most tell the name alone.
type Model struct {
	Name      string     `json:"id"`
	MaxTokens int        `json:"max_model_len,omitempty"` // of prompt and answer together; vLLM, SGLang
	Caucus    *Extension `json:"caucus,omitempty"`
}

// An Extension is what caucus serve tells besides, so that its samples are those that the model would give here.
type Extension struct {
	Suffix      string  `json:"suffix"`      // to be put behind every problem
	Landing     string  `json:"landing"`     // engine.Options.Landing
	LandTokens  int     `json:"land_tokens"` // engine.Options.LandTokens
	MaxTokens   int     `json:"max_tokens"`  // of a sample
	Temperature float32 `json:"temperature"`
	TopP        float32 `json:"top_p,omitempty"`
	TopK        int     `json:"top_k,omitempty"`
}

// laggards is how long servers have to answer when another has.
const laggards = 500 * time.Millisecond

var errNotYet = errors.New("it has not answered yet")

// maxModels is the most bytes of a list of models; the longest ones have hundreds of names.
const maxModels = 4 << 20

// Find asks all servers for the model of a name, or for the only one that they have if the name is empty. One answer is
// enough: the others may come up later, and what is wrong with them is told. That a server has no list is no error, if the
// model has a name.
func Find(ctx context.Context, o Options) (m Model, told []string, err error) {
	o, err = o.withDefaults()
	if err != nil {
		return m, nil, err
	}
	client := newClient(len(o.URLs))
	defer client.CloseIdleConnections()
	type answer struct {
		Model
		err error
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	all := iter.Mapper[string, answer]{MaxGoroutines: len(o.URLs)}
	answers := all.Map(o.URLs, func(url *string) answer {
		m, err := find(ctx, &client, *url, o)
		if err == nil {
			time.AfterFunc(laggards, func() { cancel(errNotYet) })
			return answer{Model: m}
		}
		if errors.Is(context.Cause(ctx), errNotYet) {
			err = errNotYet
		}
		return answer{err: fmt.Errorf("%s: %w", *url, err)}
	})
	var errs []error
	for _, a := range answers {
		switch {
		case a.err != nil:
			errs, told = append(errs, a.err), append(told, a.err.Error())
		case m.Name == "" || m.Caucus == nil && m.MaxTokens == 0:
			m = a.Model
		case a.MaxTokens > 0 && a.MaxTokens < m.MaxTokens:
			m.MaxTokens = a.MaxTokens
		}
	}
	if m.Name == "" {
		return m, nil, fmt.Errorf("find the model: %w", errors.Join(errs...))
	}
	return m, told, nil
}

func find(ctx context.Context, client *http.Client, url string, o Options) (Model, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/models", nil)
	if err != nil {
		return Model{}, err
	}
	o.Key.sign(r)
	resp, err := client.Do(r)
	if err != nil {
		return Model{}, unreached(err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusNotFound && o.Model != "":
		return Model{Name: o.Model}, nil
	case resp.StatusCode != http.StatusOK:
		return Model{}, statusError(resp, o.Key)
	}
	var list struct {
		Data []Model `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxModels)).Decode(&list); err != nil {
		return Model{}, errors.New("its list of models cannot be read; is the URL that of an OpenAI-compatible interface?")
	}
	var names []string
	for _, m := range list.Data {
		if m.Name == o.Model || o.Model == "" && len(list.Data) == 1 {
			return m, nil
		}
		names = append(names, m.Name)
	}
	if o.Model == "" {
		return Model{}, fmt.Errorf("name one of its %d models: %s", len(names), someOf(names))
	}
	return Model{}, fmt.Errorf("it has no model %q, but %s", o.Model, someOf(names))
}

// someOf lists names, the first ones of many.
func someOf(names []string) string {
	const most = 10
	if len(names) == 0 {
		return "none at all"
	}
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
