//go:build cuda

package cuda

import (
	"fmt"

	"gorgonia.org/cu"
)

// DeviceInfo is what the driver tells of a GPU.
type DeviceInfo struct {
	Number          int // as in "cuda:0"
	Name            string
	Capability      int   // 90 for 9.0
	Memory          int64 // bytes in all
	Multiprocessors int
	SharedMemory    int // bytes a block can have
	Driver          int // the newest CUDA that it knows: 12040 for 12.4
}

// Devices lists the GPUs of this machine. Without a driver, or without a GPU, the error says what is missing.
func Devices() ([]DeviceInfo, error) {
	n, err := cu.NumDevices()
	if err != nil {
		return nil, fmt.Errorf("count the GPUs: %w", err)
	}
	if n == 0 {
		return nil, fmt.Errorf("no GPU to be used: %s", missingDriver())
	}
	infos := make([]DeviceInfo, n)
	for i := range infos {
		if infos[i], err = deviceInfo(i); err != nil {
			return nil, fmt.Errorf("ask for cuda:%d: %w", i, err)
		}
	}
	return infos, nil
}

func deviceInfo(number int) (DeviceInfo, error) {
	info := DeviceInfo{Number: number, Driver: cu.Version()}
	dev, err := cu.GetDevice(number)
	if err != nil {
		return info, err
	}
	if info.Name, err = dev.Name(); err != nil {
		return info, err
	}
	if info.Memory, err = dev.TotalMem(); err != nil {
		return info, err
	}
	var major, minor int
	for _, a := range []struct {
		attribute cu.DeviceAttribute
		to        *int
	}{
		{cu.ComputeCapabilityMajor, &major},
		{cu.ComputeCapabilityMinor, &minor},
		{cu.MultiprocessorCount, &info.Multiprocessors},
		{maxSharedMemoryOptIn, &info.SharedMemory},
	} {
		if *a.to, err = dev.Attribute(a.attribute); err != nil {
			return info, err
		}
	}
	info.Capability = 10*major + minor
	return info, nil
}
