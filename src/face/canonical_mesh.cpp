#include "face/canonical_mesh.h"

#include <fstream>

#include "base/error.h"

namespace ditto::face {
namespace {

bool exists(int vertex) {
    return vertex >= 0 && vertex < static_cast<int>(CanonicalMesh::vertex_count);
}

}  // namespace

CanonicalMesh CanonicalMesh::load(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw Error(ErrorCode::model_missing, {{"path", path.string()}});
    CanonicalMesh mesh;
    bool good = true;
    for (std::string kind; good && in >> kind;) {
        if (kind == "v") {
            Point3 vertex;
            Point2 uv;
            in >> vertex.x >> vertex.y >> vertex.z >> uv.x >> uv.y;
            mesh.vertices.push_back(vertex);
            mesh.uv.push_back(uv);
        } else if (kind == "f") {
            std::array<int, 3> t{};
            in >> t[0] >> t[1] >> t[2];
            mesh.triangles.push_back(t);
            good = exists(t[0]) && exists(t[1]) && exists(t[2]);
        } else if (kind == "p") {
            std::pair<int, double> weight;
            in >> weight.first >> weight.second;
            mesh.pose_weights.push_back(weight);
            good = exists(weight.first) && weight.second > 0;
        } else {
            good = false;
        }
        good = good && in && mesh.vertices.size() <= vertex_count;
    }
    if (!good || mesh.vertices.size() != vertex_count || mesh.pose_weights.size() < 4) {
        throw Error(ErrorCode::model_corrupt, {{"path", path.string()}});
    }
    return mesh;
}

}  // namespace ditto::face
