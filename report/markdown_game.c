/* The privacy game as Markdown. */
#include "report/render.h"

static void add_list(struct strbuf *out, const char *title, const struct text_list *list)
{
    strbuf_addf(out, "\n**%s**\n\n", title);
    for (size_t i = 0; i < list->count; i++) {
        strbuf_adds(out, "- ");
        markdown_escape(out, list->items[i]);
        strbuf_adds(out, "\n");
    }
}

int render_game_markdown(const struct game_model *game, struct strbuf *out, struct error *error)
{
    struct arena *arena = game->arena;
    strbuf_adds(out, "# Privacy game\n\n**");
    markdown_escape(out, game->headline);
    strbuf_adds(out, "**\n\n");
    markdown_escape(out, game->sentence);
    strbuf_adds(out, "\n\nGenerator: ");
    markdown_escape(out, game->method);
    strbuf_addf(out, ". %s games of %s records. Seed: %s. assay ", number_count(arena, game->games),
                number_count(arena, game->records), number_seed(arena, game->seed));
    markdown_escape(out, game->version);
    strbuf_adds(out, ".\n\n|");
    for (size_t c = 0; c < GAME_CELLS; c++)
        strbuf_addf(out, " %s |", game_cell_title[c]);
    strbuf_adds(out, "\n|");
    for (size_t c = 0; c < GAME_CELLS; c++)
        strbuf_adds(out, "---:|");
    strbuf_adds(out, "\n");
    for (size_t i = 0; i < game->n_sizes; i++) {
        const char *cells[GAME_CELLS];
        game_cells(game, i, cells);
        strbuf_adds(out, "|");
        for (size_t c = 0; c < GAME_CELLS; c++)
            strbuf_addf(out, " %s |", cells[c]);
        strbuf_adds(out, "\n");
    }
    add_list(out, "How the game is played", &game->rules);
    add_list(out, "What it cannot say", &game->limits);
    return out->failed ? error_memory(error) : 0;
}
