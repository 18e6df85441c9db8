package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/remote"
	"caucus/engine/sampling"
	"caucus/engine/serve"
	"caucus/engine/token"
)

// tokenVariable is the environment's variable that has the token which requests must have.
const tokenVariable = "CAUCUS_TOKEN"

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "answer OpenAI's interface, for other programs and machines",
		Description: "It knows /v1/chat/completions and /v1/completions, whole and as streams, /v1/models, /health and /metrics.\n" +
			"With the fields budget_s and votes a request is answered by a vote. The first interrupt ends it gently, a second one\n" +
			"at once. docs/serve.md tells more.",
		Flags: slices.Concat(sourceFlags(), []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "localhost:8080", Usage: "listen at `ADDRESS`; :8080 is every one of this machine"},
			&cli.StringFlag{Name: "token-file", Usage: "want requests to have the token in `FILE`", DefaultText: "the token in " + tokenVariable + ", if any"},
			&cli.IntFlag{Name: "slots", Value: 64, Usage: "run `N` samples at once, on all devices together"},
			&cli.IntFlag{Name: "queue", DefaultText: "4 times the slots", Usage: "let `N` samples wait for a slot; more are refused"},
			&cli.IntFlag{Name: "max-tokens", DefaultText: "the model's", Usage: "end a sample after `N` tokens; 0 is the model's limit"},
			&cli.DurationFlag{Name: "timeout", Value: 5 * time.Minute, Usage: "let a request take `TIME`"},
			&cli.DurationFlag{Name: "drain", Value: 30 * time.Second, Usage: "let requests go on for `TIME` when the server is to end"},
			&cli.Int64Flag{Name: "max-body", Value: 1 << 20, Usage: "refuse requests of more than `N` bytes"},
		}),
		Action: runServe,
	}
}

func checkServeFlags(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	for _, name := range []string{"queue", "max-tokens"} {
		if n := c.Int(name); n < 0 || n > 1<<20 {
			return usagef("--%s %d is not between 0 and %d", name, n, 1<<20)
		}
	}
	switch {
	case c.Int("slots") < 1 || c.Int("slots") > 4096:
		return usagef("--slots %d is not between 1 and 4096", c.Int("slots"))
	case c.Duration("timeout") <= 0 || c.Duration("drain") <= 0:
		return usagef("--timeout %v and --drain %v must be above 0", c.Duration("timeout"), c.Duration("drain"))
	case c.Int64("max-body") < 1:
		return usagef("--max-body %d lets no request in", c.Int64("max-body"))
	}
	return nil
}

func runServe(c *cli.Context) error {
	if err := checkServeFlags(c); err != nil {
		return err
	}
	secret, err := readToken(c.String("token-file"))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.String("listen")) // before the model is loaded, which takes longer
	if err != nil {
		return usagef("--listen %s: %v", c.String("listen"), err)
	}
	defer func() { _ = listener.Close() }() // the server has closed it, if it began
	from, err := openSource(c)
	if err != nil {
		return err
	}
	queue := 4 * c.Int("slots")
	if c.IsSet("queue") {
		queue = c.Int("queue")
	}
	o := serve.Options{
		Name: servedName(from), About: aboutServed(c, from), Token: secret, MaxBody: c.Int64("max-body"), Queue: queue,
		Timeout: c.Duration("timeout"), Drain: c.Duration("drain"), Log: log.New(c.App.ErrWriter, "caucus: ", 0),
	}
	if o.Engine, o.Model, err = from.open(c); err != nil {
		return err
	}
	s := serve.New(o)
	defer s.Close()
	say(c.App.ErrWriter, "%s is served at http://%s/v1", o.Name, reachedAt(listener.Addr()))
	if secret == "" && !isLocal(listener.Addr()) {
		say(c.App.ErrWriter, "anybody who reaches this address can use it; %s or --token-file sets a token", tokenVariable)
	}
	return s.Run(c.Context, listener)
}

// readToken is what requests must have; "" for nothing.
func readToken(path string) (string, error) {
	if path == "" {
		return strings.TrimSpace(os.Getenv(tokenVariable)), nil
	}
	text, err := readFile(path)
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", fmt.Errorf("--token-file: %s is empty", path)
	}
	return text, nil
}

// isLocal reports whether only this machine reaches an address.
func isLocal(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// reachedAt is an address for people. One that stands for all of this machine's is none that can be asked.
func reachedAt(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

// servedName is the model's name for clients: of a path the last part.
func servedName(from source) string {
	name := from.about().name
	if isRemote(name) {
		return strings.TrimPrefix(name, remotePrefix)
	}
	return filepath.Base(name)
}

// aboutServed is what clients are told of the model.
func aboutServed(c *cli.Context, from source) remote.Extension {
	p := from.chosen()
	return remote.Extension{
		Suffix: from.about().suffix, Landing: from.landingText(), LandTokens: from.about().landing, MaxTokens: maxTokens(c, from),
		Temperature: p.Temperature, TopP: p.TopP, TopK: p.TopK,
	}
}

// servedModel makes prompts of this machine's model for its engine.
type servedModel struct {
	*openedModel
	prompts *openPrompts
}

// Open implements serve.Model, as do the methods that follow.
func (m servedModel) Open(p remote.Prompt) (sampling.Prompt, error) {
	tokens, err := m.tokens(p)
	if err != nil {
		return sampling.Prompt{}, err
	}
	id, err := m.prompts.open(tokens)
	return sampling.Prompt{ID: id, Tokens: len(tokens)}, err
}

func (m servedModel) tokens(p remote.Prompt) ([]int32, error) {
	if p.Messages == nil {
		return m.Tokenizer.Encode(p.Text, false), nil
	}
	messages, begun := make([]token.Message, len(p.Messages)), ""
	for i, message := range p.Messages {
		messages[i] = token.Message{Role: message.Role, Content: message.Content}
	}
	if last := len(messages) - 1; p.Continues {
		messages, begun = messages[:last], messages[last].Content
	}
	return m.Tokenizer.Chat(messages, begun)
}

// ClosePrompt forgets a prompt.
func (m servedModel) ClosePrompt(id engine.PromptID) { m.prompts.close(id) }

// Decoder makes text of tokens.
func (m servedModel) Decoder() func(engine.Drawn) string {
	d := m.Tokenizer.Decoder()
	return func(t engine.Drawn) string { return d.Next(t.Token) }
}

// passedOn makes prompts for servers.
type passedOn struct{ *remote.Engine }

// Open implements serve.Model, as does Decoder.
func (p passedOn) Open(prompt remote.Prompt) (sampling.Prompt, error) {
	return sampling.Prompt{ID: p.Engine.Open(prompt)}, nil
}

// Decoder passes on what servers have made text of.
func (p passedOn) Decoder() func(engine.Drawn) string {
	return func(t engine.Drawn) string { return t.Text }
}
