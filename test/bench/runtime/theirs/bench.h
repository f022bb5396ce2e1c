// What the parts of the comparison share. Each prints one figure a line, by name.
#pragma once
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ENTRIES = 10000, EVENTS = 100000, ROUNDS = 20 };

struct event {
	__u64 time;
	__u32 pid, cpu;
	__u64 first, second;
	__u32 flags, length;
	__u64 third;
	char comm[16];
};
struct value {
	__u64 count, bytes;
};

/* Nanoseconds. */
static inline double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* The machine does other things too: the quickest round is the one that they disturbed least. */
static inline double best(const double *values)
{
	double least = values[0];
	for (int i = 1; i < ROUNDS; i++)
		if (values[i] < least)
			least = values[i];
	return least;
}

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

static inline int map_fd(struct bpf_object *object, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);
	if (fd < 0)
		fail(name);
	return fd;
}

void kernel_types(void);
void load(const char *path);
void elements(struct bpf_object *object);
void events(struct bpf_object *object);

/* Records of a program that a process of its own runs at a pace. */
struct traffic {
	const char *producer;
	long count, rate;
	int burst;
};
void live(struct bpf_object *object, const struct traffic *traffic);
