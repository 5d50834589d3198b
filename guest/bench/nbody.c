/* Gravity between five bodies: double multiply, divide, square root. */
#include "bench.h"

#include <math.h>
#include <string.h>

enum { BODIES = 5, STEPS = 1000 };

struct body {
    double x, y, z, vx, vy, vz, mass;
};

static const struct body start[BODIES] = {
    {0, 0, 0, 0, 0, 0, 39.5},
    {4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.037},
    {8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.011},
    {12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.0017},
    {15.4, -25.9, 0.2, 0.98, 0.6, -0.03, 0.002},
};

static struct body bodies[BODIES];

static void step(double dt) {
    for (int i = 0; i < BODIES; i++) {
        struct body *a = &bodies[i];
        for (int j = i + 1; j < BODIES; j++) {
            struct body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = dt / (square * sqrt(square));
            a->vx -= dx * b->mass * pull, a->vy -= dy * b->mass * pull, a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull, b->vy += dy * a->mass * pull, b->vz += dz * a->mass * pull;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        struct body *a = &bodies[i];
        a->x += dt * a->vx, a->y += dt * a->vy, a->z += dt * a->vz;
    }
}

uint64_t nbody_kernel(long n) {
    uint64_t sum = 0, bits;
    memcpy(bodies, start, sizeof bodies);
    while (n-- > 0) {
        for (int i = 0; i < STEPS; i++)
            step(0.001);
        memcpy(&bits, &bodies[n % BODIES].x, sizeof bits);
        sum = fold(sum, bits);
    }
    return sum;
}
