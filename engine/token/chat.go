package token

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Message of a conversation, by system, user or assistant.
type Message struct {
	Role    string
	Content string
}

// Chat returns the tokens of the chat template around a conversation, up to where the model is to answer. If begun is not
// empty, it is what the model's answer begins with. Special tokens are recognised in the template's text alone.
func (t *Tokenizer) Chat(messages []Message, begun string) ([]int32, error) {
	roles := make([]string, len(messages))
	for i, m := range messages {
		roles[i] = m.Role
	}
	f, err := t.frames.of(roles)
	if err != nil {
		return nil, fmt.Errorf("render chat template: %w", err)
	}
	segments := []segment{{f.before, true}}
	for _, p := range f.places {
		segments = append(segments, segment{p.trim(messages[p.message].Content), false}, segment{p.after, true})
	}
	if begun != "" {
		segments = append(segments, segment{begun, false})
	}
	return t.encode(segments...), nil
}

// A frame is what a chat template puts around the messages of a conversation, of which only the roles are known to it.
type frame struct {
	before string
	places []place
}

// A place is where a message stands, and the text after it.
type place struct {
	message int
	trim    func(string) string
	after   string
}

// frames are the frames of one template that have been asked for.
type frames struct {
	source, bos, eos string

	mu    sync.Mutex
	known map[string]frame // by the roles
}

// maxFrames are kept; clients that are made alike have few.
const maxFrames = 256

func (f *frames) of(roles []string) (frame, error) {
	key := strings.Join(roles, " ")
	f.mu.Lock()
	made, known := f.known[key]
	f.mu.Unlock()
	if known {
		return made, nil
	}
	made, err := newFrame(f.source, f.bos, f.eos, roles)
	if err != nil {
		return frame{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil || len(f.known) == maxFrames {
		f.known = make(map[string]frame)
	}
	f.known[key] = made
	return made, nil
}

// newFrame renders a template with a stand-in for each message, and again with space around them, as newChat does for one.
func newFrame(source, bos, eos string, roles []string) (frame, error) {
	if source == "" {
		return frame{}, errNoTemplate
	}
	template, err := parseTemplate(source) // anew, since its meter counts all renderings
	if err != nil {
		return frame{}, err
	}
	plain, spaced, standIns := messages{}, messages{}, make([]string, len(roles))
	for i, role := range roles {
		standIns[i] = "A message " + rand.Text()
		plain = append(plain, map[string]any{"role": role, "content": standIns[i]})
		spaced = append(spaced, map[string]any{"role": role, "content": " " + standIns[i] + " "})
	}
	text, err := template.renderAll(plain, bos, eos)
	if err != nil {
		return frame{}, err
	}
	padded, err := template.renderAll(spaced, bos, eos)
	if err != nil {
		return frame{}, err
	}
	f := cut(text, standIns)
	for i := range standIns {
		if !slices.ContainsFunc(f.places, func(p place) bool { return p.message == i }) {
			return f, fmt.Errorf("it leaves out message %d, of the %s; say it in another one", i+1, roles[i])
		}
	}
	return f, f.findTrims(roles, standIns, padded)
}

// cut finds the messages in a rendered text.
func cut(text string, standIns []string) frame {
	var f frame
	rest := &f.before
	for {
		message, at := -1, len(text)
		for i, s := range standIns {
			if j := strings.Index(text, s); j >= 0 && j < at {
				message, at = i, j
			}
		}
		*rest = text[:at]
		if message < 0 {
			return f
		}
		text = text[at+len(standIns[message]):]
		f.places = append(f.places, place{message: message})
		rest = &f.places[len(f.places)-1].after
	}
}

// findTrims finds out what the template does to the space around messages, which is the same for all of a role, by what it
// makes of messages with space around them.
func (f *frame) findTrims(roles, standIns []string, padded string) error {
	kinds := slices.Compact(slices.Sorted(slices.Values(roles)))
	choices := 1
	for range kinds {
		choices *= len(trims)
	}
	for choice := range choices {
		for i := range f.places {
			p := &f.places[i]
			c := choice
			for range slices.Index(kinds, roles[p.message]) {
				c /= len(trims)
			}
			p.trim = trims[c%len(trims)]
		}
		if f.fill(func(i int) string { return " " + standIns[i] + " " }) == padded {
			return nil
		}
	}
	return errors.New("it changes messages in more than the space around them")
}

// fill is the template's text around messages.
func (f *frame) fill(message func(i int) string) string {
	var b strings.Builder
	b.WriteString(f.before)
	for _, p := range f.places {
		b.WriteString(p.trim(message(p.message)))
		b.WriteString(p.after)
	}
	return b.String()
}

var errNoTemplate = errors.New("the checkpoint has none: neither chat_template.jinja nor chat_template in tokenizer_config.json")
