//go:build corpus && soak

package pipeline

// cornersEvery is the step through the labelled corners.
const cornersEvery = 1
