/* Calls a gradient many times without an interpreter in between: positions take turns. */
#include <time.h>

typedef int gradient_function(void *model, const double *position, double *value, double *gradient);

double seconds_of(gradient_function *gradient, void *model, const double *positions, long dim, double *to, long calls)
{
    struct timespec start, end;
    double value;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long call = 0; call < calls; call++)
        if (gradient(model, positions + (call % 2) * dim, &value, to) != 0)
            return -1.0;
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}
