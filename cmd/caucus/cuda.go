//go:build cuda

package main

import _ "caucus/kernels/cuda" // so that the program is linked as it will be: it must start without a driver
