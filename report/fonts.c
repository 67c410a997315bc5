/* Where the fonts are: the files of Debian's fonts-inter and fonts-dejavu-core, and where other systems put them. */
#include <stdio.h>
#include <unistd.h>

#include "report/text.h"

static const char *const places[] = {"/usr/share/fonts/opentype/inter",
                                     "/usr/share/fonts/truetype/dejavu",
                                     "/usr/share/fonts/truetype/inter",
                                     "/usr/share/fonts/inter",
                                     "/usr/share/fonts/dejavu",
                                     "/usr/share/fonts/TTF",
                                     "/usr/share/fonts/OTF",
                                     "/usr/local/share/fonts",
                                     NULL};

static const char *const files[] = {"Inter-Regular.otf",
                                    "Inter-Medium.otf",
                                    "Inter-SemiBold.otf",
                                    "InterDisplay-SemiBold.otf",
                                    "DejaVuSans.ttf",
                                    "DejaVuSans-Bold.ttf",
                                    NULL};

static bool add_file(FcConfig *config, const char *file)
{
    for (size_t i = 0; places[i]; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", places[i], file);
        if (access(path, R_OK) == 0)
            return FcConfigAppFontAddFile(config, (const FcChar8 *)path);
    }
    return false;
}

FcConfig *fonts_config(struct error *error)
{
    FcConfig *config = FcConfigCreate();
    if (!config) {
        error_memory(error);
        return NULL;
    }
    size_t found = 0;
    for (size_t i = 0; files[i]; i++)
        found += add_file(config, files[i]);
    if (found == 0) {
        error_set(error, ERROR_INTERNAL,
                  "fonts for the report are not installed; install the packages 'fonts-inter' and 'fonts-dejavu-core'");
        FcConfigDestroy(config);
        return NULL;
    }
    return config;
}
