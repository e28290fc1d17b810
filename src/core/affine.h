#pragma once

namespace ditto {

struct Point2 {
    double x = 0;
    double y = 0;

    friend Point2 operator+(Point2 a, Point2 b) { return {a.x + b.x, a.y + b.y}; }
    friend Point2 operator-(Point2 a, Point2 b) { return {a.x - b.x, a.y - b.y}; }
    friend Point2 operator*(Point2 a, double f) { return {a.x * f, a.y * f}; }
};

struct Point3 {
    double x = 0;
    double y = 0;
    double z = 0;

    Point2 xy() const { return {x, y}; }
    friend Point3 operator+(Point3 a, Point3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    friend Point3 operator-(Point3 a, Point3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend Point3 operator*(Point3 a, double f) { return {a.x * f, a.y * f, a.z * f}; }
};

double length(Point2 v);
double length(Point3 v);

/// x' = a x + b y + c, y' = d x + e y + f. Name variables by direction: `crop_to_photo`.
struct Affine {
    double a = 1, b = 0, c = 0;
    double d = 0, e = 1, f = 0;

    Point2 operator()(Point2 p) const { return {a * p.x + b * p.y + c, d * p.x + e * p.y + f}; }
    /// First `inner`, then this.
    Affine after(const Affine& inner) const;
    /// Throws Error{internal} where the map is flat.
    Affine inverse() const;
};

}  // namespace ditto
