package kernels

// LaunchTime is what an Ops that runs a list of launches, as on a GPU, tells of one kernel in one operation of a step.
type LaunchTime struct {
	Operation string // "" for none
	Kernel    string
	Launches  int
	Seconds   float64 // of all of them
}
