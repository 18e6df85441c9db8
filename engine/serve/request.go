package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"caucus/engine"
	"caucus/engine/remote"
)

// Bounds on what a request may ask for, beside those of the engine.
const (
	maxChoices  = 128
	maxVotes    = 4096
	maxStops    = 16
	maxMessages = 256
)

// body is a request of either kind. Fields that only tell who asks are taken and not used; others that are not here are
// refused by name.
type body struct {
	Model         string          `json:"model"`
	Messages      []message       `json:"messages"`
	Prompt        *string         `json:"prompt"`
	MaxTokens     *int            `json:"max_tokens"`
	MaxCompletion *int            `json:"max_completion_tokens"`
	Temperature   *float32        `json:"temperature"`
	TopP          *float32        `json:"top_p"`
	TopK          *int            `json:"top_k"`
	MinP          *float32        `json:"min_p"`
	N             *int            `json:"n"`
	Seed          *json.Number    `json:"seed"`
	Stop          json.RawMessage `json:"stop"`
	Stream        bool            `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	LogProbs    json.RawMessage `json:"logprobs"`
	TopLogProbs int             `json:"top_logprobs"`

	Continue *bool `json:"continue_final_message"`
	Turn     *bool `json:"add_generation_prompt"`

	Budget *float64 `json:"budget_s"`
	Votes  *int     `json:"votes"`

	Echo      bool            `json:"echo"` // these must be as if they were not there
	BestOf    *int            `json:"best_of"`
	Frequency float64         `json:"frequency_penalty"`
	Presence  float64         `json:"presence_penalty"`
	Bias      map[string]any  `json:"logit_bias"`
	Tools     []any           `json:"tools"`
	Choice    json.RawMessage `json:"tool_choice"`
	Suffix    *string         `json:"suffix"`
	Format    struct {
		Type string `json:"type"`
	} `json:"response_format"`

	User     any `json:"user"`
	Metadata any `json:"metadata"`
	Store    any `json:"store"`
}

// message is one of a conversation, by field; its content is a text or a list of parts that are texts. Clients send back what they were
// told with a null for all that it could have had.
type message map[string]json.RawMessage

// order is a request, understood.
type order struct {
	chat     bool
	prompt   remote.Prompt
	params   engine.Params
	n        int
	seed     *uint64 // nil for any
	stream   bool
	usage    bool // at the end of a stream
	logProbs bool

	votes  int // 0 for none
	budget time.Duration
}

// read reads a request.
func (s *Server) read(r *http.Request, chat bool) (*order, *failure) {
	data, err := io.ReadAll(r.Body)
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return nil, &failure{http.StatusRequestEntityTooLarge, "invalid_request_error", fmt.Sprintf("the request has more than %d bytes", tooLong.Limit), ""}
	}
	if err != nil {
		return nil, &failure{http.StatusRequestTimeout, "invalid_request_error", "the request has not come in time, or not whole", ""}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var b body
	if err := d.Decode(&b); err != nil {
		return nil, badRequest("%s", misread(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badRequest("the request: there is something behind its JSON")
	}
	o, err := s.understand(&b, chat)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	return o, nil
}

// misread says what in a request's JSON is wrong, as its writer sees it.
func misread(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Sprintf("%s: want %s, not a JSON %s", kind.Field, wanted(kind.Type), kind.Value)
	case errors.As(err, &kind):
		return fmt.Sprintf("the request: want a JSON object, not a JSON %s", kind.Value)
	case errors.As(err, &syntax):
		return fmt.Sprintf("the request: it is no JSON, which shows at byte %d", syntax.Offset)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "the request: its JSON breaks off"
	}
	return "the request: " + strings.TrimPrefix(err.Error(), "json: ")
}

// wanted is what a field holds.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number that is not too large"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// understand makes an order of a body.
func (s *Server) understand(b *body, chat bool) (*order, error) {
	if b.Model != "" && b.Model != s.opt.Name {
		return nil, fmt.Errorf("model: there is no %q here, but %q", b.Model, s.opt.Name)
	}
	if err := b.unsupported(); err != nil {
		return nil, err
	}
	o := &order{chat: chat, n: valueOr(b.N, 1), stream: b.Stream, usage: b.StreamOptions.IncludeUsage}
	var err error
	if o.prompt, err = b.promptOf(chat); err != nil {
		return nil, err
	}
	if o.params, err = b.paramsOf(&s.opt.About); err != nil {
		return nil, err
	}
	if most := min(maxChoices, s.opt.most()); o.n < 1 || o.n > most {
		return nil, fmt.Errorf("n: %d is not between 1 and %d, the most that this server takes", o.n, most)
	}
	if b.Seed != nil {
		seed, err := parseSeed(*b.Seed)
		if err != nil {
			return nil, err
		}
		o.seed = &seed
	}
	if o.logProbs, err = b.wantsLogProbs(chat); err != nil {
		return nil, err
	}
	return o, b.voting(o, s.opt.Timeout)
}

// unsupported names the first field that asks for something that is not done here.
func (b *body) unsupported() error {
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"echo", b.Echo}, {"best_of", b.BestOf != nil && *b.BestOf != valueOr(b.N, 1)}, {"frequency_penalty", b.Frequency != 0},
		{"presence_penalty", b.Presence != 0}, {"logit_bias", len(b.Bias) > 0}, {"tools", len(b.Tools) > 0},
		{"tool_choice", given(b.Choice) && string(b.Choice) != `"none"`}, {"suffix", b.Suffix != nil && *b.Suffix != ""},
		{"response_format", b.Format.Type != "" && b.Format.Type != "text"},
		{"top_logprobs (only the drawn token's probability is known)", b.TopLogProbs != 0},
	} {
		if f.is {
			return fmt.Errorf("%s: this server does not do that; leave it out", f.name)
		}
	}
	return nil
}

// promptOf is what is asked.
func (b *body) promptOf(chat bool) (remote.Prompt, error) {
	var p remote.Prompt
	if !chat {
		if b.Messages != nil || b.Prompt == nil || *b.Prompt == "" {
			return p, errors.New("prompt: want one text that is not empty")
		}
		return remote.Prompt{Text: *b.Prompt}, nil
	}
	if b.Prompt != nil || len(b.Messages) == 0 || len(b.Messages) > maxMessages {
		return p, fmt.Errorf("messages: want 1 to %d of them, and no prompt", maxMessages)
	}
	for i, m := range b.Messages {
		said, err := m.understand()
		if err != nil {
			return p, fmt.Errorf("messages[%d]: %w", i, err)
		}
		p.Messages = append(p.Messages, said)
	}
	p.Continues = valueOr(b.Continue, false)
	last := p.Messages[len(p.Messages)-1].Role
	switch {
	case p.Continues && (last != "assistant" || valueOr(b.Turn, false)):
		return p, errors.New("continue_final_message: the last message must be the assistant's, and add_generation_prompt false")
	case !p.Continues && (last == "assistant" || !valueOr(b.Turn, true)):
		return p, errors.New("messages: the last one must not be the assistant's, unless continue_final_message is true and add_generation_prompt false")
	}
	return p, nil
}

// understand is a message as a model gets it.
func (m message) understand() (said remote.Message, err error) {
	for _, field := range slices.Sorted(maps.Keys(m)) {
		if given(m[field]) && !slices.Contains([]string{"role", "content", "name"}, field) {
			return said, fmt.Errorf("field %q is not read by this server; leave it out, or null", field)
		}
	}
	_ = json.Unmarshal(m["role"], &said.Role) // what is no text is no role, either
	switch said.Role {
	case "developer":
		said.Role = "system"
	case "system", "user", "assistant":
	default:
		return said, fmt.Errorf("role %q is not one of system, user and assistant", said.Role)
	}
	said.Content, err = textOf(m["content"])
	return said, err
}

// textOf is what a message says.
func textOf(content json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return text, nil
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &parts) != nil {
		return "", errors.New("content is neither a text nor a list of parts")
	}
	var all strings.Builder
	for _, part := range parts {
		if part.Type != "text" {
			return "", fmt.Errorf("content of type %q cannot be read; only text can", part.Type)
		}
		all.WriteString(part.Text)
	}
	return all.String(), nil
}

// paramsOf are the parameters of the samples. What is not said is as the model's makers chose.
func (b *body) paramsOf(about *remote.Extension) (engine.Params, error) {
	p := engine.Params{
		Temperature: valueOr(b.Temperature, about.Temperature), TopP: valueOr(b.TopP, about.TopP), TopK: valueOr(b.TopK, about.TopK),
		MinP: valueOr(b.MinP, 0), MaxTokens: valueOr(b.MaxTokens, valueOr(b.MaxCompletion, about.MaxTokens)),
	}
	if p.TopK == -1 { // as vLLM has it
		p.TopK = 0
	}
	if p.MaxTokens < 1 {
		return p, fmt.Errorf("max_tokens: %d is less than 1", p.MaxTokens)
	}
	if given(b.Stop) {
		var one string
		if json.Unmarshal(b.Stop, &one) == nil {
			p.Stop = []string{one}
		} else if json.Unmarshal(b.Stop, &p.Stop) != nil {
			return p, errors.New("stop: want a text or a list of texts")
		}
	}
	if len(p.Stop) > maxStops {
		return p, fmt.Errorf("stop: %d texts are more than %d", len(p.Stop), maxStops)
	}
	if p.MaxTokens > about.MaxTokens {
		return p, fmt.Errorf("max_tokens: %d are more than %d, the most that the model draws", p.MaxTokens, about.MaxTokens)
	}
	return p, p.Check(about.MaxTokens)
}

// parseSeed takes any whole number of 64 bits, of either sign.
func parseSeed(n json.Number) (uint64, error) {
	var unsigned uint64
	if json.Unmarshal([]byte(n), &unsigned) == nil {
		return unsigned, nil
	}
	signed, err := n.Int64()
	if err != nil {
		return 0, fmt.Errorf("seed: %s is not a whole number of 64 bits", n)
	}
	return uint64(signed), nil
}

// wantsLogProbs reads a field that is true in a chat, and in a completion the number of other tokens to tell of.
func (b *body) wantsLogProbs(chat bool) (bool, error) {
	if !given(b.LogProbs) {
		return false, nil
	}
	if chat {
		var wanted bool
		if json.Unmarshal(b.LogProbs, &wanted) != nil {
			return false, errors.New("logprobs: want true or false")
		}
		return wanted, nil
	}
	if string(b.LogProbs) != "0" {
		return false, errors.New("logprobs: want 0; only the drawn token's probability is known")
	}
	return true, nil
}

// Defaults of a vote that says only one of the two.
const (
	defaultVotes  = 64
	defaultBudget = 10 * time.Second
)

// voting takes in what an order says of a vote.
func (b *body) voting(o *order, longest time.Duration) error {
	if b.Votes == nil && b.Budget == nil {
		return nil
	}
	o.votes = valueOr(b.Votes, defaultVotes)
	seconds := valueOr(b.Budget, min(defaultBudget, longest).Seconds())
	switch {
	case o.votes < 1 || o.votes > maxVotes:
		return fmt.Errorf("votes: %d is not between 1 and %d", o.votes, maxVotes)
	case !(seconds > 0 && seconds <= longest.Seconds()):
		return fmt.Errorf("budget_s: %v is not above 0 and at most %v", seconds, longest.Seconds())
	case o.n != 1 || o.logProbs:
		return errors.New("votes: the answer is one, without probabilities of tokens; leave n and logprobs out")
	case o.prompt.Continues:
		return errors.New("votes: samples begin at the beginning; leave continue_final_message out")
	}
	o.budget = time.Duration(math.Round(seconds * float64(time.Second)))
	return nil
}

// withSuffix is the prompt with a text behind the last thing that the user has said.
func (o *order) withSuffix(suffix string) remote.Prompt {
	p := o.prompt
	if p.Messages == nil {
		p.Text += suffix
		return p
	}
	last := p.Messages[len(p.Messages)-1]
	last.Content += suffix
	p.Messages = append(p.Messages[:len(p.Messages)-1:len(p.Messages)-1], last)
	return p
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// given reports whether a field has a value that is not null.
func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
