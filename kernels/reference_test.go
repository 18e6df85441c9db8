package kernels_test

import (
	"testing"

	"caucus/kernels"
	"caucus/kernels/kerneltest"
)

func TestReferencePassesItsOwnSuite(t *testing.T) { kerneltest.Run(t, kernels.NewReference) }
