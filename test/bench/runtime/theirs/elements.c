// Elements of maps: one by one, in batches, in shared memory.
#include "bench.h"
#include <sys/mman.h>

static void hash(int fd)
{
	static __u32 keys[ENTRIES];
	static struct value values[ENTRIES];
	double lookups[ROUNDS], updates[ROUNDS], deletes[ROUNDS], sets[ROUNDS], gets[ROUNDS], removes[ROUNDS];
	for (int round = 0; round < ROUNDS; round++) {
		double start = now();
		for (__u32 i = 0; i < ENTRIES; i++) {
			struct value value = { i, i * 2 };
			if (bpf_map_update_elem(fd, &i, &value, BPF_ANY))
				fail("update");
		}
		updates[round] = (now() - start) / ENTRIES;
		__u64 sum = 0;
		start = now();
		for (__u32 i = 0; i < ENTRIES; i++) {
			struct value value;
			if (bpf_map_lookup_elem(fd, &i, &value))
				fail("lookup");
			sum += value.count;
		}
		lookups[round] = (now() - start) / ENTRIES;
		start = now();
		for (__u32 i = 0; i < ENTRIES; i++)
			if (bpf_map_delete_elem(fd, &i))
				fail("delete");
		deletes[round] = (now() - start) / ENTRIES;
		for (__u32 i = 0; i < ENTRIES; i++) {
			keys[i] = i;
			values[i] = (struct value){ i, i * 2 };
		}
		__u32 count = ENTRIES, cursor = 0;
		start = now();
		if (bpf_map_update_batch(fd, keys, values, &count, NULL))
			fail("update batch");
		sets[round] = (now() - start) / ENTRIES;
		count = ENTRIES;
		start = now();
		bpf_map_lookup_batch(fd, NULL, &cursor, keys, values, &count, NULL);
		for (__u32 i = 0; i < count; i++)
			sum += values[i].count;
		gets[round] = (now() - start) / ENTRIES;
		if (count != ENTRIES || sum == 0)
			fail("lookup batch");
		start = now();
		if (bpf_map_delete_batch(fd, keys, &count, NULL))
			fail("delete batch");
		removes[round] = (now() - start) / ENTRIES;
	}
	printf("update_ns %f\nlookup_ns %f\ndelete_ns %f\n", best(updates), best(lookups),
	       best(deletes));
	printf("update_batch_ns %f\nlookup_batch_ns %f\ndelete_batch_ns %f\n", best(sets),
	       best(gets), best(removes));
}

static void shared(int fd)
{
	double gets[ROUNDS];
	size_t size = ENTRIES * sizeof(struct value);
	volatile struct value *values = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (values == MAP_FAILED)
		fail("mmap");
	for (int round = 0; round < ROUNDS; round++) {
		__u64 sum = 0;
		for (int i = 0; i < ENTRIES; i++)
			values[i].count = i;
		double start = now();
		for (int i = 0; i < ENTRIES; i++)
			sum += values[i].count + values[i].bytes;
		gets[round] = (now() - start) / ENTRIES;
		if (sum == 0)
			fail("shared");
	}
	printf("shared_ns %f\n", best(gets));
	munmap((void *)values, size);
}

static void each_cpu(int fd)
{
	double lookups[ROUNDS], batches[ROUNDS];
	int cpus = libbpf_num_possible_cpus();
	static __u32 keys[ENTRIES];
	struct value *values = calloc((size_t)cpus * ENTRIES, sizeof(*values));
	__u64 sum = 0;
	for (int round = 0; round < ROUNDS; round++) {
		double start = now();
		for (__u32 i = 0; i < ENTRIES; i++) {
			if (bpf_map_lookup_elem(fd, &i, values))
				fail("lookup");
			for (int cpu = 0; cpu < cpus; cpu++)
				sum += values[cpu].count;
		}
		lookups[round] = (now() - start) / ENTRIES;
		__u32 count = ENTRIES, cursor = 0;
		start = now();
		bpf_map_lookup_batch(fd, NULL, &cursor, keys, values, &count, NULL);
		for (__u32 i = 0; i < count * cpus; i++)
			sum += values[i].count;
		batches[round] = (now() - start) / ENTRIES;
		if (count != ENTRIES || sum != 0)
			fail("batch of each CPU");
	}
	printf("each_cpu_ns %f\neach_cpu_batch_ns %f\n", best(lookups), best(batches));
	free(values);
}

void elements(struct bpf_object *object)
{
	hash(map_fd(object, "table"));
	shared(map_fd(object, "shared"));
	each_cpu(map_fd(object, "each_cpu"));
}
