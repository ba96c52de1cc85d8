// Taking an installation, and saying why it cannot be had.
#include "hold.hpp"

#include "complain.hpp"
#include "installation.hpp"
#include "looking.hpp"

#include <sysexits.h>

namespace mozi::app {

Hold::Hold(Settings const& settings, Takes takes, std::function<void(std::string const&)> on_lost) {
    if (takes == Takes::existing) {
        must_own(settings.data.dir);
        Look(settings).must_be_current();
    }
    folder_ = std::make_unique<DataLock>(settings.data.dir);
    // One that was told to stop may need a moment.
    if (!settings.database.url.empty())
        database_ = std::make_unique<db::SoleUse>(
            settings.database.url, "videa-mozi, " + this_process(), std::chrono::seconds(3), std::move(on_lost));
}

int status_of(std::exception const& cause) {
    if (dynamic_cast<db::InUse const*>(&cause)) return EX_TEMPFAIL;
    if (dynamic_cast<WrongUser const*>(&cause)) return EX_NOPERM;
    if (dynamic_cast<NotOneInstallation const*>(&cause)) return EX_CONFIG; // doing it again does not help
    return EX_UNAVAILABLE;
}

int refuse(Settings const& settings, std::exception const& cause) {
    return complain(std::string(cause.what()) + "\n" + taken(settings), status_of(cause));
}

} // namespace mozi::app
