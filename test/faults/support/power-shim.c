/*
 * Preloaded into a process, it writes down how many bytes of each file have been synced, so that what a power cut may
 * lose can be cut off afterwards; and it can make syncs fail.
 * FORKYARD_SYNC_LOG: file to append "INODE BYTES" lines to. FORKYARD_FAIL_SYNC: number of the sync from which on all
 * fail with EIO.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long syncs;

static int due(const char *name, atomic_long *counter) {
  const char *text = getenv(name);
  return text != NULL && atomic_fetch_add(counter, 1) + 1 >= atol(text);
}

static void note(unsigned long inode, long bytes) {
  static int log = -1;
  const char *path = getenv("FORKYARD_SYNC_LOG");
  char line[64];
  if (path == NULL) return;
  if (log < 0) log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int length = snprintf(line, sizeof line, "%lu %ld\n", inode, bytes);
  if (dprintf(log, "%s", line) != length) abort();
}

static int synced(int fd, const char *name) {
  struct stat before;
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int known = fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
  if (known && due("FORKYARD_FAIL_SYNC", &syncs)) { errno = EIO; return -1; }
  int result = real(fd);
  if (result == 0 && known) note(before.st_ino, before.st_size);
  return result;
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

/* A file that is gone may lend its inode to the next one. */
int unlink(const char *path) {
  struct stat gone;
  int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  if (lstat(path, &gone) == 0) note(gone.st_ino, 0);
  return real(path);
}
