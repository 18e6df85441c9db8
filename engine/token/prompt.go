package token

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Prompt returns the tokens of the chat template around one message of the user, up to where the model is to answer.
// Special tokens are recognised in the template's text and not in the user's.
func (t *Tokenizer) Prompt(user string) ([]int32, error) {
	c, err := t.chat()
	if err != nil {
		return nil, fmt.Errorf("render chat template: %w", err)
	}
	user = c.trim(user)
	segments := []segment{{c.between[0], true}}
	for _, text := range c.between[1:] {
		segments = append(segments, segment{user, false}, segment{text, true})
	}
	return t.encode(segments...), nil
}

// chat is a rendered chat template: what it puts before, between and after the places of the message, and what it does
// to the message there.
type chat struct {
	between []string
	trim    func(string) string
}

// trims are what chat templates do to a message.
var trims = []func(string) string{
	func(s string) string { return s },
	strings.TrimSpace,
	func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) },
	func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) },
}

// newChat renders a template with a stand-in for the message, which shows where the message belongs, and again with
// space around the stand-in, which shows whether it is trimmed. So the user's text is never in the hands of the template.
func newChat(source, bos, eos string) (chat, error) {
	if source == "" {
		return chat{}, errNoTemplate
	}
	template, err := parseTemplate(source)
	if err != nil {
		return chat{}, err
	}
	standIn := "A message " + rand.Text() // with letters of either case and spaces, to see what changes those
	padded := " " + standIn + " "
	plain, err := template.render(standIn, bos, eos)
	if err != nil {
		return chat{}, err
	}
	spaced, err := template.render(padded, bos, eos)
	if err != nil {
		return chat{}, err
	}
	between := strings.Split(plain, standIn)
	if len(between) < 2 {
		return chat{}, errors.New("it leaves out the message")
	}
	for _, trim := range trims {
		if strings.Join(between, trim(padded)) == spaced {
			return chat{between, trim}, nil
		}
	}
	return chat{}, errors.New("it changes the message in more than the space around it")
}
