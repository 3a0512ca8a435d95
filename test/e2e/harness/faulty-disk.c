/*
 * A file system that shows a folder, and fails as a disk does. It is told how, a line each on its standard input:
 *
 *   ok                 as a sound disk; what is late comes at once
 *   eio-read           reads fail
 *   eio-part FROM TO SHARE SEED
 *                      reads of some pages between the bytes FROM and TO of a file fail: SHARE of a thousand, those that SEED says,
 *                      until they are written anew, which a disk does elsewhere
 *   eio-write          writes, fsync and new files fail
 *   enospc             the same, because nothing is free
 *   delay MILLIS FROM  reads behind the first FROM bytes of a file take so long: what is read all the time is in memory
 *
 * and answers each, when it is so, with how many reads and writes failed or were late by then. What the kernel keeps of the
 * files at the top is dropped, mapped pages included, so that they are read again. Without standard input it unmounts itself and ends.
 *
 *   faulty-disk FOLDER MOUNT
 */
#define FUSE_USE_VERSION 312
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
/* Of a file of 4 GiB. */
#define PAGES 1048576

struct faults {
  int read_error;
  long from;
  long to;
  /* Pages of a thousand, and which ones. */
  unsigned share;
  unsigned seed;
  int write_error;
  long delay_millis;
  long late_from;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static struct faults faults;
static unsigned long changes;
static unsigned long faulty_reads;
static unsigned long faulty_writes;
static unsigned char written_anew[PAGES];
static int folder;

/* Of the folder that is shown: paths come with a slash before them. */
static const char *inside(const char *path) { return path[1] == '\0' ? "." : path + 1; }

static int result(int outcome) { return outcome < 0 ? -errno : outcome; }

/* Waits as long as reads take, or until that changes. */
static void be_late(void) {
  struct timespec until;
  unsigned long now = changes;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += faults.delay_millis / 1000;
  until.tv_nsec += faults.delay_millis % 1000 * 1000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  while (changes == now && pthread_cond_timedwait(&changed, &lock, &until) == 0) {
  }
}

/* Whether a page is one that cannot be read: the same ones as long as nothing changes. */
static int is_bad(long page) {
  if (page < PAGES && written_anew[page]) return 0;
  unsigned long mixed = ((unsigned long)page + 1) * 0x9e3779b97f4a7c15 ^ (unsigned long)faults.seed * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 31) * 0x94d049bb133111eb;
  return (mixed >> 33) % 1000 < faults.share;
}

static int read_error(off_t offset, size_t size) {
  if (faults.read_error == 0 || faults.to == 0) return faults.read_error;
  long from = offset > faults.from ? offset : faults.from;
  long to = offset + (off_t)size < faults.to ? offset + (off_t)size : faults.to;
  for (long page = from / PAGE; page * PAGE < to; page++)
    if (is_bad(page)) return faults.read_error;
  return 0;
}

static int read_fault(off_t offset, size_t size) {
  pthread_mutex_lock(&lock);
  int error = read_error(offset, size);
  int late = faults.delay_millis > 0 && offset >= faults.late_from;
  if (error != 0 || late) faulty_reads++;
  if (late) be_late();
  pthread_mutex_unlock(&lock);
  return -error;
}

/* Whole pages only: of others a disk would have to read the rest. */
static void note_written(off_t offset, size_t size) {
  pthread_mutex_lock(&lock);
  for (long page = (offset + PAGE - 1) / PAGE; (page + 1) * PAGE <= offset + (off_t)size; page++)
    if (page < PAGES) written_anew[page] = 1;
  pthread_mutex_unlock(&lock);
}

static int write_fault(void) {
  pthread_mutex_lock(&lock);
  int error = faults.write_error;
  if (error != 0) faulty_writes++;
  pthread_mutex_unlock(&lock);
  return -error;
}

static int disk_getattr(const char *path, struct stat *stat, struct fuse_file_info *file) {
  if (file != NULL) return result(fstat((int)file->fh, stat));
  return result(fstatat(folder, inside(path), stat, AT_SYMLINK_NOFOLLOW));
}

static int disk_readdir(const char *path, void *list, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
                        enum fuse_readdir_flags flags) {
  (void)offset, (void)file, (void)flags;
  int descriptor = openat(folder, inside(path), O_RDONLY | O_DIRECTORY);
  DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
  if (directory == NULL) return -errno;
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    fill(list, entry->d_name, NULL, 0, 0);
  }
  closedir(directory);
  return 0;
}

static int opened(int descriptor, struct fuse_file_info *file) {
  if (descriptor < 0) return -errno;
  file->fh = (uint64_t)descriptor;
  return 0;
}

static int disk_open(const char *path, struct fuse_file_info *file) {
  return opened(openat(folder, inside(path), file->flags & ~O_APPEND), file);
}

static int disk_create(const char *path, mode_t mode, struct fuse_file_info *file) {
  int error = write_fault();
  return error != 0 ? error : opened(openat(folder, inside(path), file->flags & ~O_APPEND, mode), file);
}

static int disk_read(const char *path, char *bytes, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path;
  int error = read_fault(offset, size);
  return error != 0 ? error : result((int)pread((int)file->fh, bytes, size, offset));
}

static int disk_write(const char *path, const char *bytes, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path;
  int error = write_fault();
  if (error != 0) return error;
  note_written(offset, size);
  return result((int)pwrite((int)file->fh, bytes, size, offset));
}

/* Nothing has to outlive the machine here. */
static int disk_fsync(const char *path, int data, struct fuse_file_info *file) {
  (void)path, (void)data, (void)file;
  return write_fault();
}

static int disk_release(const char *path, struct fuse_file_info *file) {
  (void)path;
  close((int)file->fh);
  return 0;
}

static int disk_truncate(const char *path, off_t size, struct fuse_file_info *file) {
  if (file != NULL) return result(ftruncate((int)file->fh, size));
  int descriptor = openat(folder, inside(path), O_WRONLY);
  if (descriptor < 0) return -errno;
  int outcome = result(ftruncate(descriptor, size));
  close(descriptor);
  return outcome;
}

static int disk_mkdir(const char *path, mode_t mode) {
  int error = write_fault();
  return error != 0 ? error : result(mkdirat(folder, inside(path), mode));
}

static int disk_rename(const char *from, const char *to, unsigned int flags) {
  return result(renameat2(folder, inside(from), folder, inside(to), flags));
}

static int disk_unlink(const char *path) { return result(unlinkat(folder, inside(path), 0)); }

static int disk_rmdir(const char *path) { return result(unlinkat(folder, inside(path), AT_REMOVEDIR)); }

static int disk_chmod(const char *path, mode_t mode, struct fuse_file_info *file) {
  (void)file;
  return result(fchmodat(folder, inside(path), mode, 0));
}

static int disk_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *file) {
  (void)file;
  return result(utimensat(folder, inside(path), times, 0));
}

static int disk_statfs(const char *path, struct statvfs *space) {
  (void)path;
  return result(fstatvfs(folder, space));
}

/* As a disk's: what is in memory is not asked for again until it is dropped. */
static void *disk_init(struct fuse_conn_info *connection, struct fuse_config *config) {
  (void)connection;
  config->kernel_cache = 1;
  config->use_ino = 1;
  return NULL;
}

static const struct fuse_operations operations = {
    .init = disk_init,       .getattr = disk_getattr,   .readdir = disk_readdir, .open = disk_open,
    .create = disk_create,   .read = disk_read,         .write = disk_write,     .fsync = disk_fsync,
    .release = disk_release, .truncate = disk_truncate, .mkdir = disk_mkdir,     .rename = disk_rename,
    .unlink = disk_unlink,   .rmdir = disk_rmdir,       .chmod = disk_chmod,     .utimens = disk_utimens,
    .statfs = disk_statfs,
};

static int understood(const char *line, struct faults *wanted) {
  *wanted = (struct faults){0};
  if (strcmp(line, "eio-read\n") == 0) wanted->read_error = EIO;
  else if (strcmp(line, "eio-write\n") == 0) wanted->write_error = EIO;
  else if (strcmp(line, "enospc\n") == 0) wanted->write_error = ENOSPC;
  else if (sscanf(line, "eio-part %ld %ld %u %u", &wanted->from, &wanted->to, &wanted->share, &wanted->seed) == 4)
    wanted->read_error = EIO;
  else if (sscanf(line, "delay %ld %ld", &wanted->delay_millis, &wanted->late_from) != 2) return strcmp(line, "ok\n") == 0;
  return 1;
}

/* What is mapped to be written to, as LMDB's lock file is, is left alone: it is memory that processes share. */
static void drop_caches(struct fuse *fuse) {
  DIR *directory = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY));
  if (directory == NULL) return;
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    char path[NAME_MAX + 2] = "/";
    strcat(path, entry->d_name);
    if (entry->d_type == DT_REG && strstr(path, "lock") == NULL) fuse_invalidate_path(fuse, path);
  }
  closedir(directory);
}

static void change(const struct faults *wanted) {
  pthread_mutex_lock(&lock);
  faults = *wanted;
  changes++;
  memset(written_anew, 0, sizeof written_anew);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void *obey(void *argument) {
  struct fuse *fuse = argument;
  char line[128];
  struct faults wanted;
  printf("ready\n");
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (!understood(line, &wanted)) continue;
    change(&wanted);
    if (wanted.read_error != 0 || wanted.delay_millis != 0) drop_caches(fuse);
    pthread_mutex_lock(&lock);
    printf("%lu %lu\n", faulty_reads, faulty_writes);
    pthread_mutex_unlock(&lock);
  }
  wanted = (struct faults){0};
  change(&wanted);
  fuse_unmount(fuse);
  /* Whoever still has a file open is told that the disk is gone. */
  exit(0);
}

int main(int count, char **words) {
  if (count != 3 || (folder = open(words[1], O_RDONLY | O_DIRECTORY)) < 0) return 2;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&changed, &monotonic);
  setvbuf(stdout, NULL, _IOLBF, 0);

  char *own[] = {words[0], "-o", "fsname=faulty-disk,default_permissions", NULL};
  struct fuse_args args = FUSE_ARGS_INIT(3, own);
  struct fuse *fuse = fuse_new(&args, &operations, sizeof operations, NULL);
  if (fuse == NULL || fuse_mount(fuse, words[2]) != 0) return 1;
  struct fuse_loop_config *loop = fuse_loop_cfg_create();
  /* Reads that are late hold a thread each, and nothing else must wait for them. */
  fuse_loop_cfg_set_max_threads(loop, 256);
  pthread_t obeying;
  pthread_create(&obeying, NULL, obey, fuse);
  fuse_loop_mt(fuse, loop);
  pthread_join(obeying, NULL);
  return 0;
}
