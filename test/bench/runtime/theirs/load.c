// Kernel types, and an object with many programs.
#include "bench.h"

static long resident_kb(void)
{
	long pages = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	if (file && fscanf(file, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

void kernel_types(void)
{
	double times[ROUNDS];
	long before = resident_kb();
	for (int i = 0; i < ROUNDS; i++) {
		double start = now();
		struct btf *btf = btf__load_vmlinux_btf();
		if (!btf || btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT) <= 0)
			fail("vmlinux BTF");
		times[i] = now() - start;
		if (i == 0)
			printf("btf_mb %f\n", (resident_kb() - before) / 1024.0);
		btf__free(btf);
	}
	printf("btf_ms %f\n", best(times) / 1e6);
}

void load(const char *path)
{
	double times[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		double start = now();
		struct bpf_object *object = bpf_object__open_file(path, NULL);
		if (!object || bpf_object__load(object))
			fail(path);
		times[i] = now() - start;
		bpf_object__close(object);
	}
	printf("first_ms %f\nload_ms %f\n", times[0] / 1e6, best(times) / 1e6);
}

