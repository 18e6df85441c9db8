//go:build !amd64 || purego

package cpu

// bestInstructions are the only ones there are.
func bestInstructions() *instructions { return generic }

// instructionSets are all that there are.
func instructionSets() []*instructions { return []*instructions{generic} }

// pause has no instruction of its own here.
func pause() {}
