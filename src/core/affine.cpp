#include "core/affine.h"

#include <cmath>

#include "base/error.h"

namespace ditto {

double length(Point2 v) {
    return std::hypot(v.x, v.y);
}

double length(Point3 v) {
    return std::hypot(v.x, v.y, v.z);
}

Affine Affine::after(const Affine& inner) const {
    return {a * inner.a + b * inner.d, a * inner.b + b * inner.e, a * inner.c + b * inner.f + c,
            d * inner.a + e * inner.d, d * inner.b + e * inner.e, d * inner.c + e * inner.f + f};
}

Affine Affine::inverse() const {
    const double determinant = a * e - b * d;
    if (std::abs(determinant) < 1e-12) {
        throw Error(ErrorCode::internal, {}, "an affine map cannot be inverted");
    }
    const double ia = e / determinant;
    const double ib = -b / determinant;
    const double id = -d / determinant;
    const double ie = a / determinant;
    return {ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)};
}

}  // namespace ditto
