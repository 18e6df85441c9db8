package token

import (
	"errors"
	"fmt"
)

// The steps that tokenizer.json describes around the model: what is done to a text before it, and the token that a
// sequence begins with.

// normalizesNFC tells whether text is normalized, which may be to NFC or not at all.
func normalizesNFC(c *component) (bool, error) {
	switch {
	case c == nil:
		return false, nil
	case c.Type == "NFC":
		return true, nil
	case c.Type != "Sequence":
		return false, fmt.Errorf("normalizer %q is not supported, only NFC", c.Type)
	}
	found := false
	for _, step := range c.Normalizers {
		nfc, err := normalizesNFC(&step)
		if err != nil {
			return false, err
		}
		found = found || nfc
	}
	return found, nil
}

// newSplitter reads a pre-tokenizer: ByteLevel, or a Sequence of a Split and a ByteLevel that does not split again.
func newSplitter(c *component) (splitter, error) {
	if c == nil {
		return nil, errors.New("pre_tokenizer is missing, want ByteLevel")
	}
	steps := []component{*c}
	if c.Type == "Sequence" {
		steps = c.PreTokenizers
	}
	if n := len(steps); n == 0 || n > 2 || steps[n-1].Type != "ByteLevel" || n == 2 && steps[0].Type != "Split" {
		return nil, fmt.Errorf("pre_tokenizer %q is not supported, only ByteLevel or Split and ByteLevel", c.Type)
	}
	last := steps[len(steps)-1]
	if last.AddPrefixSpace {
		return nil, errors.New("pre_tokenizer: add_prefix_space is not supported")
	}
	ownRegex := last.UseRegex == nil || *last.UseRegex
	switch {
	case len(steps) == 1 && ownRegex:
		return splitGPT2, nil
	case len(steps) == 1:
		return splitWhole, nil
	case ownRegex:
		return nil, errors.New("pre_tokenizer: a ByteLevel with use_regex after a Split is not supported")
	}
	return patternSplitter(steps[0])
}

// patternSplitter finds the function for a Split's expression, which matches all of a text, so that to isolate the
// matches and to remove everything else are the same.
func patternSplitter(c component) (splitter, error) {
	if c.Pattern.Regex == nil {
		return nil, errors.New("pre_tokenizer: Split has no regular expression")
	}
	isolated := c.Behavior == "Isolated" && !c.Invert
	kept := c.Behavior == "Removed" && c.Invert
	split, ok := splitters[*c.Pattern.Regex]
	if !ok || !isolated && !kept {
		return nil, fmt.Errorf("pre_tokenizer: Split by %q, %s, is not supported, only those of GPT-2, Llama 3 and Qwen2",
			*c.Pattern.Regex, c.Behavior)
	}
	return split, nil
}

// firstToken returns the special token that a post-processor puts before a sequence, or "".
func firstToken(c *component) string {
	if c == nil {
		return ""
	}
	if c.Type == "TemplateProcessing" && len(c.Single) > 0 && c.Single[0].SpecialToken != nil {
		return c.Single[0].SpecialToken.ID
	}
	for _, step := range c.Processors {
		if token := firstToken(&step); token != "" {
			return token
		}
	}
	return ""
}
