// Package watch turns a folder that scanners write into, the inbox, into
// batches of files that belong together, are complete, and are out of the
// scanners' reach.
//
// Start at [New], give it a [Config] and the function that stores a [Batch],
// and let [Watcher.Run] go. [Watcher.Snapshot] is what a page shows.
//
// # The life of a file
//
//	inbox/counter-1/SCN_0001.pdf        seen, then looked at on every poll
//	                                    size and mtime rest, the format's end is there
//	claimed/<batch>/SCN_0001.pdf        renamed; its identity compared with what was looked at
//	                                    batch closed: idle, closing key, or full
//	Take(batch)                         the caller stores bytes and rows, durably
//	done/<batch>/SCN_0001.pdf           renamed, with the whole batch
//
// The inbox is listed every [Config.Poll], and sooner when a file will have come
// to rest before; notices of the file system only make a poll come earlier,
// because folders shared by SMB or NFS give none and the others lose some. A sub-folder of the inbox is a device or a counter and
// fills a batch of its own; files in the inbox itself come from the device
// [RootDevice].
//
// # Promises
//
//   - Nothing is deleted. The one thing ever removed is a source that could
//     not be renamed: after its copy was compared byte by byte, Take said that
//     it is durable, and the source was compared again.
//   - A file is never known by its name. Scanners use SCN_0001.pdf again, also
//     while it is being claimed: identity is inode, size and mtime, and a name
//     that comes a second time is a second file.
//   - The record of a batch (batch.json in its folder) is durable before the
//     first file moves, so that after a kill at any point every file is in the
//     inbox or in a batch with its name, device and place in the order.
//   - Take may be called again for the same batch after a crash or an error,
//     always with the same files and bytes under the same id. When a writer
//     that still held a file open changed it meanwhile, the change comes as a
//     new batch.
//   - What is not ready is shown with its reason and how long it waits, for as
//     long as it is there. Links, pipes and folders are shown, never followed.
//
// # Limits
//
// The format check finds files whose end is missing; it does not prove that a
// file is sound, which is the pipeline's work. It reads a few KiB per look and
// keeps no foreign bytes. Two watchers must not share a Claimed folder: the
// caller holds the process lock.
package watch
