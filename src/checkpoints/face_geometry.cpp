#include "checkpoints/face_geometry.h"

#include <bit>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string_view>

#include "base/error.h"
#include "checkpoints/protobuf.h"

namespace ditto::checkpoints {
namespace {

constexpr int message_mesh = 1;
constexpr int message_weight = 2;
constexpr int mesh_vertex_type = 1;
constexpr int mesh_vertices = 3;
constexpr int mesh_indices = 4;
constexpr int weight_landmark = 1;
constexpr int weight_value = 2;
constexpr std::size_t floats_per_vertex = 5;

float to_float(const ProtoField& field) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(field.number));
}

int to_index(const ProtoField& field) {
    if (field.number > std::numeric_limits<int>::max()) throw std::runtime_error("a huge index");
    return static_cast<int>(field.number);
}

void read_mesh(std::string_view message, FaceGeometry& geometry) {
    std::vector<float> numbers;
    std::vector<int> indices;
    ProtoReader reader(message);
    for (ProtoField field; reader.next(field);) {
        if (field.field == mesh_vertex_type && field.number != 0) {
            throw std::runtime_error("vertices of an unknown kind");
        }
        if (field.field == mesh_vertices) numbers.push_back(to_float(field));
        if (field.field == mesh_indices) indices.push_back(to_index(field));
    }
    for (std::size_t i = 0; i + floats_per_vertex <= numbers.size(); i += floats_per_vertex) {
        const float* n = numbers.data() + i;
        geometry.vertices.push_back({{n[0], n[1], n[2]}, {n[3], n[4]}});
    }
    for (std::size_t i = 0; i + 3 <= indices.size(); i += 3) {
        geometry.triangles.push_back({indices[i], indices[i + 1], indices[i + 2]});
    }
}

void read_weight(std::string_view message, FaceGeometry& geometry) {
    std::pair<int, float> weight{0, 0.F};
    ProtoReader reader(message);
    for (ProtoField field; reader.next(field);) {
        if (field.field == weight_landmark) weight.first = to_index(field);
        if (field.field == weight_value) weight.second = to_float(field);
    }
    geometry.weights.push_back(weight);
}

void check_indices(const FaceGeometry& geometry) {
    const auto count = static_cast<int>(geometry.vertices.size());
    bool good = count > 0 && !geometry.triangles.empty() && !geometry.weights.empty();
    for (const auto& triangle : geometry.triangles) {
        for (const int index : triangle)
            good = good && index < count;
    }
    for (const auto& [landmark, weight] : geometry.weights)
        good = good && landmark < count;
    if (!good) throw std::runtime_error("a vertex does not exist");
}

}  // namespace

FaceGeometry FaceGeometry::read(std::span<const std::byte> message, const std::string& source) {
    FaceGeometry geometry;
    try {
        ProtoReader reader({reinterpret_cast<const char*>(message.data()), message.size()});
        for (ProtoField field; reader.next(field);) {
            if (field.field == message_mesh) read_mesh(field.text, geometry);
            if (field.field == message_weight) read_weight(field.text, geometry);
        }
        check_indices(geometry);
    } catch (const std::runtime_error& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", source}}, error.what());
    }
    return geometry;
}

void FaceGeometry::write(std::ostream& out) const {
    out.precision(std::numeric_limits<float>::max_digits10);
    for (const auto& [position, uv] : vertices) {
        out << "v " << position[0] << ' ' << position[1] << ' ' << position[2] << ' ' << uv[0]
            << ' ' << uv[1] << '\n';
    }
    for (const auto& triangle : triangles) {
        out << "f " << triangle[0] << ' ' << triangle[1] << ' ' << triangle[2] << '\n';
    }
    for (const auto& [landmark, weight] : weights) {
        out << "p " << landmark << ' ' << weight << '\n';
    }
}

}  // namespace ditto::checkpoints
