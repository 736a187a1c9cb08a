"""The emoji of Unicode, version 18, as in emoji-test.txt.

Made by tools/emoji_table.py; not to be edited.

The tables are derived from a Data File of Unicode, Inc., under UNICODE LICENSE V3 (SPDX: Unicode-3.0):

    COPYRIGHT AND PERMISSION NOTICE. Copyright © 1991-2026 Unicode, Inc.

    Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any associated
    documentation (the "Data Files") or software and any associated documentation (the "Software") to deal in the Data
    Files or Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
    distribute, and/or sell copies of the Data Files or Software, and to permit persons to whom the Data Files or
    Software are furnished to do so, provided that either (a) this copyright and permission notice appear with all
    copies of the Data Files or Software, or (b) this copyright and permission notice appear in associated
    Documentation.

    THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
    NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD
    PARTY RIGHTS.

    IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL
    INDIRECT OR CONSEQUENTIAL DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
    AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
    PERFORMANCE OF THE DATA FILES OR SOFTWARE.

    Except as contained in this notice, the name of a copyright holder shall not be used in advertising or otherwise to
    promote the sale, use or other dealings in these Data Files or Software without prior written authorization of the
    copyright holder.
"""

from typing import Final

# Fully-qualified sequences, as code points in hexadecimal. `t` is any of the five skin tones.
SEQUENCES: Final = """\
23-fe0f-20e3 2a-fe0f-20e3 30-fe0f-20e3 31-fe0f-20e3 32-fe0f-20e3 33-fe0f-20e3 34-fe0f-20e3 35-fe0f-20e3 36-fe0f-20e3
37-fe0f-20e3 38-fe0f-20e3 39-fe0f-20e3 a9-fe0f ae-fe0f 203c-fe0f 2049-fe0f 2122-fe0f 2139-fe0f 2194-fe0f 2195-fe0f
2196-fe0f 2197-fe0f 2198-fe0f 2199-fe0f 21a9-fe0f 21aa-fe0f 231a 231b 2328-fe0f 23cf-fe0f 23e9 23ea 23eb 23ec
23ed-fe0f 23ee-fe0f 23ef-fe0f 23f0 23f1-fe0f 23f2-fe0f 23f3 23f8-fe0f 23f9-fe0f 23fa-fe0f 24c2-fe0f 25aa-fe0f
25ab-fe0f 25b6-fe0f 25c0-fe0f 25fb-fe0f 25fc-fe0f 25fd 25fe 2600-fe0f 2601-fe0f 2602-fe0f 2603-fe0f 2604-fe0f
260e-fe0f 2611-fe0f 2614 2615 2618-fe0f 261d-t 261d-fe0f 2620-fe0f 2622-fe0f 2623-fe0f 2626-fe0f 262a-fe0f 262e-fe0f
262f-fe0f 2638-fe0f 2639-fe0f 263a-fe0f 2640-fe0f 2642-fe0f 2648 2649 264a 264b 264c 264d 264e 264f 2650 2651 2652
2653 265f-fe0f 2660-fe0f 2663-fe0f 2665-fe0f 2666-fe0f 2668-fe0f 267b-fe0f 267e-fe0f 267f 2692-fe0f 2693 2694-fe0f
2695-fe0f 2696-fe0f 2697-fe0f 2699-fe0f 269b-fe0f 269c-fe0f 26a0-fe0f 26a1 26a7-fe0f 26aa 26ab 26b0-fe0f 26b1-fe0f
26bd 26be 26c4 26c5 26c8-fe0f 26ce 26cf-fe0f 26d1-fe0f 26d3-fe0f 26d3-fe0f-200d-1f4a5 26d4 26e9-fe0f 26ea 26f0-fe0f
26f1-fe0f 26f2 26f3 26f4-fe0f 26f5 26f7-fe0f 26f8-fe0f 26f9-t 26f9-t-200d-2640-fe0f 26f9-t-200d-2642-fe0f 26f9-fe0f
26f9-fe0f-200d-2640-fe0f 26f9-fe0f-200d-2642-fe0f 26fa 26fd 2702-fe0f 2705 2708-fe0f 2709-fe0f 270a 270a-t 270b 270b-t
270c-t 270c-fe0f 270d-t 270d-fe0f 270f-fe0f 2712-fe0f 2714-fe0f 2716-fe0f 271d-fe0f 2721-fe0f 2728 2733-fe0f 2734-fe0f
2744-fe0f 2747-fe0f 274c 274e 2753 2754 2755 2757 2763-fe0f 2764-fe0f 2764-fe0f-200d-1f525 2764-fe0f-200d-1fa79 2795
2796 2797 27a1-fe0f 27b0 27bf 2934-fe0f 2935-fe0f 2b05-fe0f 2b06-fe0f 2b07-fe0f 2b1b 2b1c 2b50 2b55 3030-fe0f
303d-fe0f 3297-fe0f 3299-fe0f 1f004 1f0cf 1f170-fe0f 1f171-fe0f 1f17e-fe0f 1f17f-fe0f 1f18e 1f191 1f192 1f193 1f194
1f195 1f196 1f197 1f198 1f199 1f19a 1f1e6-1f1e8 1f1e6-1f1e9 1f1e6-1f1ea 1f1e6-1f1eb 1f1e6-1f1ec 1f1e6-1f1ee
1f1e6-1f1f1 1f1e6-1f1f2 1f1e6-1f1f4 1f1e6-1f1f6 1f1e6-1f1f7 1f1e6-1f1f8 1f1e6-1f1f9 1f1e6-1f1fa 1f1e6-1f1fc
1f1e6-1f1fd 1f1e6-1f1ff 1f1e7-1f1e6 1f1e7-1f1e7 1f1e7-1f1e9 1f1e7-1f1ea 1f1e7-1f1eb 1f1e7-1f1ec 1f1e7-1f1ed
1f1e7-1f1ee 1f1e7-1f1ef 1f1e7-1f1f1 1f1e7-1f1f2 1f1e7-1f1f3 1f1e7-1f1f4 1f1e7-1f1f6 1f1e7-1f1f7 1f1e7-1f1f8
1f1e7-1f1f9 1f1e7-1f1fb 1f1e7-1f1fc 1f1e7-1f1fe 1f1e7-1f1ff 1f1e8-1f1e6 1f1e8-1f1e8 1f1e8-1f1e9 1f1e8-1f1eb
1f1e8-1f1ec 1f1e8-1f1ed 1f1e8-1f1ee 1f1e8-1f1f0 1f1e8-1f1f1 1f1e8-1f1f2 1f1e8-1f1f3 1f1e8-1f1f4 1f1e8-1f1f5
1f1e8-1f1f6 1f1e8-1f1f7 1f1e8-1f1fa 1f1e8-1f1fb 1f1e8-1f1fc 1f1e8-1f1fd 1f1e8-1f1fe 1f1e8-1f1ff 1f1e9-1f1ea
1f1e9-1f1ec 1f1e9-1f1ef 1f1e9-1f1f0 1f1e9-1f1f2 1f1e9-1f1f4 1f1e9-1f1ff 1f1ea-1f1e6 1f1ea-1f1e8 1f1ea-1f1ea
1f1ea-1f1ec 1f1ea-1f1ed 1f1ea-1f1f7 1f1ea-1f1f8 1f1ea-1f1f9 1f1ea-1f1fa 1f1eb-1f1ee 1f1eb-1f1ef 1f1eb-1f1f0
1f1eb-1f1f2 1f1eb-1f1f4 1f1eb-1f1f7 1f1ec-1f1e6 1f1ec-1f1e7 1f1ec-1f1e9 1f1ec-1f1ea 1f1ec-1f1eb 1f1ec-1f1ec
1f1ec-1f1ed 1f1ec-1f1ee 1f1ec-1f1f1 1f1ec-1f1f2 1f1ec-1f1f3 1f1ec-1f1f5 1f1ec-1f1f6 1f1ec-1f1f7 1f1ec-1f1f8
1f1ec-1f1f9 1f1ec-1f1fa 1f1ec-1f1fc 1f1ec-1f1fe 1f1ed-1f1f0 1f1ed-1f1f2 1f1ed-1f1f3 1f1ed-1f1f7 1f1ed-1f1f9
1f1ed-1f1fa 1f1ee-1f1e8 1f1ee-1f1e9 1f1ee-1f1ea 1f1ee-1f1f1 1f1ee-1f1f2 1f1ee-1f1f3 1f1ee-1f1f4 1f1ee-1f1f6
1f1ee-1f1f7 1f1ee-1f1f8 1f1ee-1f1f9 1f1ef-1f1ea 1f1ef-1f1f2 1f1ef-1f1f4 1f1ef-1f1f5 1f1f0-1f1ea 1f1f0-1f1ec
1f1f0-1f1ed 1f1f0-1f1ee 1f1f0-1f1f2 1f1f0-1f1f3 1f1f0-1f1f5 1f1f0-1f1f7 1f1f0-1f1fc 1f1f0-1f1fe 1f1f0-1f1ff
1f1f1-1f1e6 1f1f1-1f1e7 1f1f1-1f1e8 1f1f1-1f1ee 1f1f1-1f1f0 1f1f1-1f1f7 1f1f1-1f1f8 1f1f1-1f1f9 1f1f1-1f1fa
1f1f1-1f1fb 1f1f1-1f1fe 1f1f2-1f1e6 1f1f2-1f1e8 1f1f2-1f1e9 1f1f2-1f1ea 1f1f2-1f1eb 1f1f2-1f1ec 1f1f2-1f1ed
1f1f2-1f1f0 1f1f2-1f1f1 1f1f2-1f1f2 1f1f2-1f1f3 1f1f2-1f1f4 1f1f2-1f1f5 1f1f2-1f1f6 1f1f2-1f1f7 1f1f2-1f1f8
1f1f2-1f1f9 1f1f2-1f1fa 1f1f2-1f1fb 1f1f2-1f1fc 1f1f2-1f1fd 1f1f2-1f1fe 1f1f2-1f1ff 1f1f3-1f1e6 1f1f3-1f1e8
1f1f3-1f1ea 1f1f3-1f1eb 1f1f3-1f1ec 1f1f3-1f1ee 1f1f3-1f1f1 1f1f3-1f1f4 1f1f3-1f1f5 1f1f3-1f1f7 1f1f3-1f1fa
1f1f3-1f1ff 1f1f4-1f1f2 1f1f5-1f1e6 1f1f5-1f1ea 1f1f5-1f1eb 1f1f5-1f1ec 1f1f5-1f1ed 1f1f5-1f1f0 1f1f5-1f1f1
1f1f5-1f1f2 1f1f5-1f1f3 1f1f5-1f1f7 1f1f5-1f1f8 1f1f5-1f1f9 1f1f5-1f1fc 1f1f5-1f1fe 1f1f6-1f1e6 1f1f7-1f1ea
1f1f7-1f1f4 1f1f7-1f1f8 1f1f7-1f1fa 1f1f7-1f1fc 1f1f8-1f1e6 1f1f8-1f1e7 1f1f8-1f1e8 1f1f8-1f1e9 1f1f8-1f1ea
1f1f8-1f1ec 1f1f8-1f1ed 1f1f8-1f1ee 1f1f8-1f1ef 1f1f8-1f1f0 1f1f8-1f1f1 1f1f8-1f1f2 1f1f8-1f1f3 1f1f8-1f1f4
1f1f8-1f1f7 1f1f8-1f1f8 1f1f8-1f1f9 1f1f8-1f1fb 1f1f8-1f1fd 1f1f8-1f1fe 1f1f8-1f1ff 1f1f9-1f1e6 1f1f9-1f1e8
1f1f9-1f1e9 1f1f9-1f1eb 1f1f9-1f1ec 1f1f9-1f1ed 1f1f9-1f1ef 1f1f9-1f1f0 1f1f9-1f1f1 1f1f9-1f1f2 1f1f9-1f1f3
1f1f9-1f1f4 1f1f9-1f1f7 1f1f9-1f1f9 1f1f9-1f1fb 1f1f9-1f1fc 1f1f9-1f1ff 1f1fa-1f1e6 1f1fa-1f1ec 1f1fa-1f1f2
1f1fa-1f1f3 1f1fa-1f1f8 1f1fa-1f1fe 1f1fa-1f1ff 1f1fb-1f1e6 1f1fb-1f1e8 1f1fb-1f1ea 1f1fb-1f1ec 1f1fb-1f1ee
1f1fb-1f1f3 1f1fb-1f1fa 1f1fc-1f1eb 1f1fc-1f1f8 1f1fd-1f1f0 1f1fe-1f1ea 1f1fe-1f1f9 1f1ff-1f1e6 1f1ff-1f1f2
1f1ff-1f1fc 1f201 1f202-fe0f 1f21a 1f22f 1f232 1f233 1f234 1f235 1f236 1f237-fe0f 1f238 1f239 1f23a 1f250 1f251 1f300
1f301 1f302 1f303 1f304 1f305 1f306 1f307 1f308 1f309 1f30a 1f30b 1f30c 1f30d 1f30e 1f30f 1f310 1f311 1f312 1f313
1f314 1f315 1f316 1f317 1f318 1f319 1f31a 1f31b 1f31c 1f31d 1f31e 1f31f 1f320 1f321-fe0f 1f324-fe0f 1f325-fe0f
1f326-fe0f 1f327-fe0f 1f328-fe0f 1f329-fe0f 1f32a-fe0f 1f32b-fe0f 1f32c-fe0f 1f32d 1f32e 1f32f 1f330 1f331 1f332 1f333
1f334 1f335 1f336-fe0f 1f337 1f338 1f339 1f33a 1f33b 1f33c 1f33d 1f33e 1f33f 1f340 1f341 1f342 1f343 1f344
1f344-200d-1f7eb 1f345 1f346 1f347 1f348 1f349 1f34a 1f34b 1f34b-200d-1f7e9 1f34c 1f34d 1f34e 1f34f 1f350 1f351 1f352
1f353 1f354 1f355 1f356 1f357 1f358 1f359 1f35a 1f35b 1f35c 1f35d 1f35e 1f35f 1f360 1f361 1f362 1f363 1f364 1f365
1f366 1f367 1f368 1f369 1f36a 1f36b 1f36c 1f36d 1f36e 1f36f 1f370 1f371 1f372 1f373 1f374 1f375 1f376 1f377 1f378
1f379 1f37a 1f37b 1f37c 1f37d-fe0f 1f37e 1f37f 1f380 1f381 1f382 1f383 1f384 1f385 1f385-t 1f386 1f387 1f388 1f389
1f38a 1f38b 1f38c 1f38d 1f38e 1f38f 1f390 1f391 1f392 1f393 1f396-fe0f 1f397-fe0f 1f399-fe0f 1f39a-fe0f 1f39b-fe0f
1f39e-fe0f 1f39f-fe0f 1f3a0 1f3a1 1f3a2 1f3a3 1f3a4 1f3a5 1f3a6 1f3a7 1f3a8 1f3a9 1f3aa 1f3ab 1f3ac 1f3ad 1f3ae 1f3af
1f3b0 1f3b1 1f3b2 1f3b3 1f3b4 1f3b5 1f3b6 1f3b7 1f3b8 1f3b9 1f3ba 1f3bb 1f3bc 1f3bd 1f3be 1f3bf 1f3c0 1f3c1 1f3c2
1f3c2-t 1f3c3 1f3c3-t 1f3c3-t-200d-2640-fe0f 1f3c3-t-200d-2640-fe0f-200d-27a1-fe0f 1f3c3-t-200d-2642-fe0f
1f3c3-t-200d-2642-fe0f-200d-27a1-fe0f 1f3c3-t-200d-27a1-fe0f 1f3c3-200d-2640-fe0f 1f3c3-200d-2640-fe0f-200d-27a1-fe0f
1f3c3-200d-2642-fe0f 1f3c3-200d-2642-fe0f-200d-27a1-fe0f 1f3c3-200d-27a1-fe0f 1f3c4 1f3c4-t 1f3c4-t-200d-2640-fe0f
1f3c4-t-200d-2642-fe0f 1f3c4-200d-2640-fe0f 1f3c4-200d-2642-fe0f 1f3c5 1f3c6 1f3c7 1f3c7-t 1f3c8 1f3c9 1f3ca 1f3ca-t
1f3ca-t-200d-2640-fe0f 1f3ca-t-200d-2642-fe0f 1f3ca-200d-2640-fe0f 1f3ca-200d-2642-fe0f 1f3cb-t 1f3cb-t-200d-2640-fe0f
1f3cb-t-200d-2642-fe0f 1f3cb-fe0f 1f3cb-fe0f-200d-2640-fe0f 1f3cb-fe0f-200d-2642-fe0f 1f3cc-t 1f3cc-t-200d-2640-fe0f
1f3cc-t-200d-2642-fe0f 1f3cc-fe0f 1f3cc-fe0f-200d-2640-fe0f 1f3cc-fe0f-200d-2642-fe0f 1f3cd-fe0f 1f3ce-fe0f 1f3cf
1f3d0 1f3d1 1f3d2 1f3d3 1f3d4-fe0f 1f3d5-fe0f 1f3d6-fe0f 1f3d7-fe0f 1f3d8-fe0f 1f3d9-fe0f 1f3da-fe0f 1f3db-fe0f
1f3dc-fe0f 1f3dd-fe0f 1f3de-fe0f 1f3df-fe0f 1f3e0 1f3e1 1f3e2 1f3e3 1f3e4 1f3e5 1f3e6 1f3e7 1f3e8 1f3e9 1f3ea 1f3eb
1f3ec 1f3ed 1f3ee 1f3ef 1f3f0 1f3f3-fe0f 1f3f3-fe0f-200d-26a7-fe0f 1f3f3-fe0f-200d-1f308 1f3f4 1f3f4-200d-2620-fe0f
1f3f4-e0067-e0062-e0065-e006e-e0067-e007f 1f3f4-e0067-e0062-e0073-e0063-e0074-e007f
1f3f4-e0067-e0062-e0077-e006c-e0073-e007f 1f3f5-fe0f 1f3f7-fe0f 1f3f8 1f3f9 1f3fa 1f400 1f401 1f402 1f403 1f404 1f405
1f406 1f407 1f408 1f408-200d-2b1b 1f409 1f40a 1f40b 1f40c 1f40d 1f40e 1f40f 1f410 1f411 1f412 1f413 1f414 1f415
1f415-200d-1f9ba 1f416 1f417 1f418 1f419 1f41a 1f41b 1f41c 1f41d 1f41e 1f41f 1f420 1f421 1f422 1f423 1f424 1f425 1f426
1f426-200d-2b1b 1f426-200d-1f525 1f427 1f428 1f429 1f42a 1f42b 1f42c 1f42d 1f42e 1f42f 1f430 1f431 1f432 1f433 1f434
1f435 1f436 1f437 1f438 1f439 1f43a 1f43b 1f43b-200d-2744-fe0f 1f43c 1f43d 1f43e 1f43f-fe0f 1f440 1f441-fe0f
1f441-fe0f-200d-1f5e8-fe0f 1f442 1f442-t 1f443 1f443-t 1f444 1f445 1f446 1f446-t 1f447 1f447-t 1f448 1f448-t 1f449
1f449-t 1f44a 1f44a-t 1f44b 1f44b-t 1f44c 1f44c-t 1f44d 1f44d-t 1f44e 1f44e-t 1f44f 1f44f-t 1f450 1f450-t 1f451 1f452
1f453 1f454 1f455 1f456 1f457 1f458 1f459 1f45a 1f45b 1f45c 1f45d 1f45e 1f45f 1f460 1f461 1f462 1f463 1f464 1f465
1f466 1f466-t 1f467 1f467-t 1f468 1f468-t 1f468-t-200d-2695-fe0f 1f468-t-200d-2696-fe0f 1f468-t-200d-2708-fe0f
1f468-t-200d-2764-fe0f-200d-1f468-t 1f468-t-200d-2764-fe0f-200d-1f48b-200d-1f468-t 1f468-t-200d-1f33e
1f468-t-200d-1f373 1f468-t-200d-1f37c 1f468-t-200d-1f393 1f468-t-200d-1f3a4 1f468-t-200d-1f3a8 1f468-t-200d-1f3eb
1f468-t-200d-1f3ed 1f468-t-200d-1f4bb 1f468-t-200d-1f4bc 1f468-t-200d-1f527 1f468-t-200d-1f52c 1f468-t-200d-1f680
1f468-t-200d-1f692 1f468-t-200d-1f9af 1f468-t-200d-1f9af-200d-27a1-fe0f 1f468-t-200d-1f9b0 1f468-t-200d-1f9b1
1f468-t-200d-1f9b2 1f468-t-200d-1f9b3 1f468-t-200d-1f9bc 1f468-t-200d-1f9bc-200d-27a1-fe0f 1f468-t-200d-1f9bd
1f468-t-200d-1f9bd-200d-27a1-fe0f 1f468-200d-2695-fe0f 1f468-200d-2696-fe0f 1f468-200d-2708-fe0f
1f468-200d-2764-fe0f-200d-1f468 1f468-200d-2764-fe0f-200d-1f48b-200d-1f468 1f468-200d-1f33e 1f468-200d-1f373
1f468-200d-1f37c 1f468-200d-1f393 1f468-200d-1f3a4 1f468-200d-1f3a8 1f468-200d-1f3eb 1f468-200d-1f3ed 1f468-200d-1f466
1f468-200d-1f466-200d-1f466 1f468-200d-1f467 1f468-200d-1f467-200d-1f466 1f468-200d-1f467-200d-1f467
1f468-200d-1f468-200d-1f466 1f468-200d-1f468-200d-1f466-200d-1f466 1f468-200d-1f468-200d-1f467
1f468-200d-1f468-200d-1f467-200d-1f466 1f468-200d-1f468-200d-1f467-200d-1f467 1f468-200d-1f469-200d-1f466
1f468-200d-1f469-200d-1f466-200d-1f466 1f468-200d-1f469-200d-1f467 1f468-200d-1f469-200d-1f467-200d-1f466
1f468-200d-1f469-200d-1f467-200d-1f467 1f468-200d-1f4bb 1f468-200d-1f4bc 1f468-200d-1f527 1f468-200d-1f52c
1f468-200d-1f680 1f468-200d-1f692 1f468-200d-1f9af 1f468-200d-1f9af-200d-27a1-fe0f 1f468-200d-1f9b0 1f468-200d-1f9b1
1f468-200d-1f9b2 1f468-200d-1f9b3 1f468-200d-1f9bc 1f468-200d-1f9bc-200d-27a1-fe0f 1f468-200d-1f9bd
1f468-200d-1f9bd-200d-27a1-fe0f 1f469 1f469-t 1f469-t-200d-2695-fe0f 1f469-t-200d-2696-fe0f 1f469-t-200d-2708-fe0f
1f469-t-200d-2764-fe0f-200d-1f468-t 1f469-t-200d-2764-fe0f-200d-1f469-t 1f469-t-200d-2764-fe0f-200d-1f48b-200d-1f468-t
1f469-t-200d-2764-fe0f-200d-1f48b-200d-1f469-t 1f469-t-200d-1f33e 1f469-t-200d-1f373 1f469-t-200d-1f37c
1f469-t-200d-1f393 1f469-t-200d-1f3a4 1f469-t-200d-1f3a8 1f469-t-200d-1f3eb 1f469-t-200d-1f3ed 1f469-t-200d-1f4bb
1f469-t-200d-1f4bc 1f469-t-200d-1f527 1f469-t-200d-1f52c 1f469-t-200d-1f680 1f469-t-200d-1f692 1f469-t-200d-1f9af
1f469-t-200d-1f9af-200d-27a1-fe0f 1f469-t-200d-1f9b0 1f469-t-200d-1f9b1 1f469-t-200d-1f9b2 1f469-t-200d-1f9b3
1f469-t-200d-1f9bc 1f469-t-200d-1f9bc-200d-27a1-fe0f 1f469-t-200d-1f9bd 1f469-t-200d-1f9bd-200d-27a1-fe0f
1f469-200d-2695-fe0f 1f469-200d-2696-fe0f 1f469-200d-2708-fe0f 1f469-200d-2764-fe0f-200d-1f468
1f469-200d-2764-fe0f-200d-1f469 1f469-200d-2764-fe0f-200d-1f48b-200d-1f468 1f469-200d-2764-fe0f-200d-1f48b-200d-1f469
1f469-200d-1f33e 1f469-200d-1f373 1f469-200d-1f37c 1f469-200d-1f393 1f469-200d-1f3a4 1f469-200d-1f3a8 1f469-200d-1f3eb
1f469-200d-1f3ed 1f469-200d-1f466 1f469-200d-1f466-200d-1f466 1f469-200d-1f467 1f469-200d-1f467-200d-1f466
1f469-200d-1f467-200d-1f467 1f469-200d-1f469-200d-1f466 1f469-200d-1f469-200d-1f466-200d-1f466
1f469-200d-1f469-200d-1f467 1f469-200d-1f469-200d-1f467-200d-1f466 1f469-200d-1f469-200d-1f467-200d-1f467
1f469-200d-1f4bb 1f469-200d-1f4bc 1f469-200d-1f527 1f469-200d-1f52c 1f469-200d-1f680 1f469-200d-1f692 1f469-200d-1f9af
1f469-200d-1f9af-200d-27a1-fe0f 1f469-200d-1f9b0 1f469-200d-1f9b1 1f469-200d-1f9b2 1f469-200d-1f9b3 1f469-200d-1f9bc
1f469-200d-1f9bc-200d-27a1-fe0f 1f469-200d-1f9bd 1f469-200d-1f9bd-200d-27a1-fe0f 1f46a 1f46b 1f46b-t 1f46c 1f46c-t
1f46d 1f46d-t 1f46e 1f46e-t 1f46e-t-200d-2640-fe0f 1f46e-t-200d-2642-fe0f 1f46e-200d-2640-fe0f 1f46e-200d-2642-fe0f
1f46f 1f46f-t 1f46f-t-200d-2640-fe0f 1f46f-t-200d-2642-fe0f 1f46f-200d-2640-fe0f 1f46f-200d-2642-fe0f 1f470 1f470-t
1f470-t-200d-2640-fe0f 1f470-t-200d-2642-fe0f 1f470-200d-2640-fe0f 1f470-200d-2642-fe0f 1f471 1f471-t
1f471-t-200d-2640-fe0f 1f471-t-200d-2642-fe0f 1f471-200d-2640-fe0f 1f471-200d-2642-fe0f 1f472 1f472-t 1f473 1f473-t
1f473-t-200d-2640-fe0f 1f473-t-200d-2642-fe0f 1f473-200d-2640-fe0f 1f473-200d-2642-fe0f 1f474 1f474-t 1f475 1f475-t
1f476 1f476-t 1f477 1f477-t 1f477-t-200d-2640-fe0f 1f477-t-200d-2642-fe0f 1f477-200d-2640-fe0f 1f477-200d-2642-fe0f
1f478 1f478-t 1f479 1f47a 1f47b 1f47c 1f47c-t 1f47d 1f47e 1f47f 1f480 1f481 1f481-t 1f481-t-200d-2640-fe0f
1f481-t-200d-2642-fe0f 1f481-200d-2640-fe0f 1f481-200d-2642-fe0f 1f482 1f482-t 1f482-t-200d-2640-fe0f
1f482-t-200d-2642-fe0f 1f482-200d-2640-fe0f 1f482-200d-2642-fe0f 1f483 1f483-t 1f484 1f485 1f485-t 1f486 1f486-t
1f486-t-200d-2640-fe0f 1f486-t-200d-2642-fe0f 1f486-200d-2640-fe0f 1f486-200d-2642-fe0f 1f487 1f487-t
1f487-t-200d-2640-fe0f 1f487-t-200d-2642-fe0f 1f487-200d-2640-fe0f 1f487-200d-2642-fe0f 1f488 1f489 1f48a 1f48b 1f48c
1f48d 1f48e 1f48f 1f48f-t 1f490 1f491 1f491-t 1f492 1f493 1f494 1f495 1f496 1f497 1f498 1f499 1f49a 1f49b 1f49c 1f49d
1f49e 1f49f 1f4a0 1f4a1 1f4a2 1f4a3 1f4a4 1f4a5 1f4a6 1f4a7 1f4a8 1f4a9 1f4aa 1f4aa-t 1f4ab 1f4ac 1f4ad 1f4ae 1f4af
1f4b0 1f4b1 1f4b2 1f4b3 1f4b4 1f4b5 1f4b6 1f4b7 1f4b8 1f4b9 1f4ba 1f4bb 1f4bc 1f4bd 1f4be 1f4bf 1f4c0 1f4c1 1f4c2
1f4c3 1f4c4 1f4c5 1f4c6 1f4c7 1f4c8 1f4c9 1f4ca 1f4cb 1f4cc 1f4cd 1f4ce 1f4cf 1f4d0 1f4d1 1f4d2 1f4d3 1f4d4 1f4d5
1f4d6 1f4d7 1f4d8 1f4d9 1f4da 1f4db 1f4dc 1f4dd 1f4de 1f4df 1f4e0 1f4e1 1f4e2 1f4e3 1f4e4 1f4e5 1f4e6 1f4e7 1f4e8
1f4e9 1f4ea 1f4eb 1f4ec 1f4ed 1f4ee 1f4ef 1f4f0 1f4f1 1f4f2 1f4f3 1f4f4 1f4f5 1f4f6 1f4f7 1f4f8 1f4f9 1f4fa 1f4fb
1f4fc 1f4fd-fe0f 1f4ff 1f500 1f501 1f502 1f503 1f504 1f505 1f506 1f507 1f508 1f509 1f50a 1f50b 1f50c 1f50d 1f50e 1f50f
1f510 1f511 1f512 1f513 1f514 1f515 1f516 1f517 1f518 1f519 1f51a 1f51b 1f51c 1f51d 1f51e 1f51f 1f520 1f521 1f522
1f523 1f524 1f525 1f526 1f527 1f528 1f529 1f52a 1f52b 1f52c 1f52d 1f52e 1f52f 1f530 1f531 1f532 1f533 1f534 1f535
1f536 1f537 1f538 1f539 1f53a 1f53b 1f53c 1f53d 1f549-fe0f 1f54a-fe0f 1f54b 1f54c 1f54d 1f54e 1f550 1f551 1f552 1f553
1f554 1f555 1f556 1f557 1f558 1f559 1f55a 1f55b 1f55c 1f55d 1f55e 1f55f 1f560 1f561 1f562 1f563 1f564 1f565 1f566
1f567 1f56f-fe0f 1f570-fe0f 1f573-fe0f 1f574-t 1f574-fe0f 1f575-t 1f575-t-200d-2640-fe0f 1f575-t-200d-2642-fe0f
1f575-fe0f 1f575-fe0f-200d-2640-fe0f 1f575-fe0f-200d-2642-fe0f 1f576-fe0f 1f577-fe0f 1f578-fe0f 1f579-fe0f 1f57a
1f57a-t 1f587-fe0f 1f58a-fe0f 1f58b-fe0f 1f58c-fe0f 1f58d-fe0f 1f590-t 1f590-fe0f 1f595 1f595-t 1f596 1f596-t 1f5a4
1f5a5-fe0f 1f5a8-fe0f 1f5b1-fe0f 1f5b2-fe0f 1f5bc-fe0f 1f5c2-fe0f 1f5c3-fe0f 1f5c4-fe0f 1f5d1-fe0f 1f5d2-fe0f
1f5d3-fe0f 1f5dc-fe0f 1f5dd-fe0f 1f5de-fe0f 1f5e1-fe0f 1f5e3-fe0f 1f5e8-fe0f 1f5ef-fe0f 1f5f3-fe0f 1f5fa-fe0f 1f5fb
1f5fc 1f5fd 1f5fe 1f5ff 1f600 1f601 1f602 1f603 1f604 1f605 1f606 1f607 1f608 1f609 1f60a 1f60b 1f60c 1f60d 1f60e
1f60f 1f610 1f611 1f612 1f613 1f614 1f615 1f616 1f617 1f618 1f619 1f61a 1f61b 1f61c 1f61d 1f61e 1f61f 1f620 1f621
1f622 1f623 1f624 1f625 1f626 1f627 1f628 1f629 1f62a 1f62b 1f62c 1f62d 1f62e 1f62e-200d-1f4a8 1f62f 1f630 1f631 1f632
1f633 1f634 1f635 1f635-200d-1f4ab 1f636 1f636-200d-1f32b-fe0f 1f637 1f638 1f639 1f63a 1f63b 1f63c 1f63d 1f63e 1f63f
1f640 1f641 1f642 1f642-200d-2194-fe0f 1f642-200d-2195-fe0f 1f643 1f644 1f645 1f645-t 1f645-t-200d-2640-fe0f
1f645-t-200d-2642-fe0f 1f645-200d-2640-fe0f 1f645-200d-2642-fe0f 1f646 1f646-t 1f646-t-200d-2640-fe0f
1f646-t-200d-2642-fe0f 1f646-200d-2640-fe0f 1f646-200d-2642-fe0f 1f647 1f647-t 1f647-t-200d-2640-fe0f
1f647-t-200d-2642-fe0f 1f647-200d-2640-fe0f 1f647-200d-2642-fe0f 1f648 1f649 1f64a 1f64b 1f64b-t
1f64b-t-200d-2640-fe0f 1f64b-t-200d-2642-fe0f 1f64b-200d-2640-fe0f 1f64b-200d-2642-fe0f 1f64c 1f64c-t 1f64d 1f64d-t
1f64d-t-200d-2640-fe0f 1f64d-t-200d-2642-fe0f 1f64d-200d-2640-fe0f 1f64d-200d-2642-fe0f 1f64e 1f64e-t
1f64e-t-200d-2640-fe0f 1f64e-t-200d-2642-fe0f 1f64e-200d-2640-fe0f 1f64e-200d-2642-fe0f 1f64f 1f64f-t 1f680 1f681
1f682 1f683 1f684 1f685 1f686 1f687 1f688 1f689 1f68a 1f68b 1f68c 1f68d 1f68e 1f68f 1f690 1f691 1f692 1f693 1f694
1f695 1f696 1f697 1f698 1f699 1f69a 1f69b 1f69c 1f69d 1f69e 1f69f 1f6a0 1f6a1 1f6a2 1f6a3 1f6a3-t
1f6a3-t-200d-2640-fe0f 1f6a3-t-200d-2642-fe0f 1f6a3-200d-2640-fe0f 1f6a3-200d-2642-fe0f 1f6a4 1f6a5 1f6a6 1f6a7 1f6a8
1f6a9 1f6aa 1f6ab 1f6ac 1f6ad 1f6ae 1f6af 1f6b0 1f6b1 1f6b2 1f6b3 1f6b4 1f6b4-t 1f6b4-t-200d-2640-fe0f
1f6b4-t-200d-2642-fe0f 1f6b4-200d-2640-fe0f 1f6b4-200d-2642-fe0f 1f6b5 1f6b5-t 1f6b5-t-200d-2640-fe0f
1f6b5-t-200d-2642-fe0f 1f6b5-200d-2640-fe0f 1f6b5-200d-2642-fe0f 1f6b6 1f6b6-t 1f6b6-t-200d-2640-fe0f
1f6b6-t-200d-2640-fe0f-200d-27a1-fe0f 1f6b6-t-200d-2642-fe0f 1f6b6-t-200d-2642-fe0f-200d-27a1-fe0f
1f6b6-t-200d-27a1-fe0f 1f6b6-200d-2640-fe0f 1f6b6-200d-2640-fe0f-200d-27a1-fe0f 1f6b6-200d-2642-fe0f
1f6b6-200d-2642-fe0f-200d-27a1-fe0f 1f6b6-200d-27a1-fe0f 1f6b7 1f6b8 1f6b9 1f6ba 1f6bb 1f6bc 1f6bd 1f6be 1f6bf 1f6c0
1f6c0-t 1f6c1 1f6c2 1f6c3 1f6c4 1f6c5 1f6cb-fe0f 1f6cc 1f6cc-t 1f6cd-fe0f 1f6ce-fe0f 1f6cf-fe0f 1f6d0 1f6d1 1f6d2
1f6d5 1f6d6 1f6d7 1f6d8 1f6d9 1f6dc 1f6dd 1f6de 1f6df 1f6e0-fe0f 1f6e1-fe0f 1f6e2-fe0f 1f6e3-fe0f 1f6e4-fe0f
1f6e5-fe0f 1f6e9-fe0f 1f6eb 1f6ec 1f6f0-fe0f 1f6f3-fe0f 1f6f4 1f6f5 1f6f6 1f6f7 1f6f8 1f6f9 1f6fa 1f6fb 1f6fc 1f7e0
1f7e1 1f7e2 1f7e3 1f7e4 1f7e5 1f7e6 1f7e7 1f7e8 1f7e9 1f7ea 1f7eb 1f7f0 1f90c 1f90c-t 1f90d 1f90e 1f90f 1f90f-t 1f910
1f911 1f912 1f913 1f914 1f915 1f916 1f917 1f918 1f918-t 1f919 1f919-t 1f91a 1f91a-t 1f91b 1f91b-t 1f91c 1f91c-t 1f91d
1f91d-t 1f91e 1f91e-t 1f91f 1f91f-t 1f920 1f921 1f922 1f923 1f924 1f925 1f926 1f926-t 1f926-t-200d-2640-fe0f
1f926-t-200d-2642-fe0f 1f926-200d-2640-fe0f 1f926-200d-2642-fe0f 1f927 1f928 1f929 1f92a 1f92b 1f92c 1f92d 1f92e 1f92f
1f930 1f930-t 1f931 1f931-t 1f932 1f932-t 1f933 1f933-t 1f934 1f934-t 1f935 1f935-t 1f935-t-200d-2640-fe0f
1f935-t-200d-2642-fe0f 1f935-200d-2640-fe0f 1f935-200d-2642-fe0f 1f936 1f936-t 1f937 1f937-t 1f937-t-200d-2640-fe0f
1f937-t-200d-2642-fe0f 1f937-200d-2640-fe0f 1f937-200d-2642-fe0f 1f938 1f938-t 1f938-t-200d-2640-fe0f
1f938-t-200d-2642-fe0f 1f938-200d-2640-fe0f 1f938-200d-2642-fe0f 1f939 1f939-t 1f939-t-200d-2640-fe0f
1f939-t-200d-2642-fe0f 1f939-200d-2640-fe0f 1f939-200d-2642-fe0f 1f93a 1f93c 1f93c-t 1f93c-t-200d-2640-fe0f
1f93c-t-200d-2642-fe0f 1f93c-200d-2640-fe0f 1f93c-200d-2642-fe0f 1f93d 1f93d-t 1f93d-t-200d-2640-fe0f
1f93d-t-200d-2642-fe0f 1f93d-200d-2640-fe0f 1f93d-200d-2642-fe0f 1f93e 1f93e-t 1f93e-t-200d-2640-fe0f
1f93e-t-200d-2642-fe0f 1f93e-200d-2640-fe0f 1f93e-200d-2642-fe0f 1f93f 1f940 1f941 1f942 1f943 1f944 1f945 1f947 1f948
1f949 1f94a 1f94b 1f94c 1f94d 1f94e 1f94f 1f950 1f951 1f952 1f953 1f954 1f955 1f956 1f957 1f958 1f959 1f95a 1f95b
1f95c 1f95d 1f95e 1f95f 1f960 1f961 1f962 1f963 1f964 1f965 1f966 1f967 1f968 1f969 1f96a 1f96b 1f96c 1f96d 1f96e
1f96f 1f970 1f971 1f972 1f973 1f974 1f975 1f976 1f977 1f977-t 1f978 1f979 1f97a 1f97b 1f97c 1f97d 1f97e 1f97f 1f980
1f981 1f982 1f983 1f984 1f985 1f986 1f987 1f988 1f989 1f98a 1f98b 1f98c 1f98d 1f98e 1f98f 1f990 1f991 1f992 1f993
1f994 1f995 1f996 1f997 1f998 1f999 1f99a 1f99b 1f99c 1f99d 1f99e 1f99f 1f9a0 1f9a1 1f9a2 1f9a3 1f9a4 1f9a5 1f9a6
1f9a7 1f9a8 1f9a9 1f9aa 1f9ab 1f9ac 1f9ad 1f9ae 1f9af 1f9b4 1f9b5 1f9b5-t 1f9b6 1f9b6-t 1f9b7 1f9b8 1f9b8-t
1f9b8-t-200d-2640-fe0f 1f9b8-t-200d-2642-fe0f 1f9b8-200d-2640-fe0f 1f9b8-200d-2642-fe0f 1f9b9 1f9b9-t
1f9b9-t-200d-2640-fe0f 1f9b9-t-200d-2642-fe0f 1f9b9-200d-2640-fe0f 1f9b9-200d-2642-fe0f 1f9ba 1f9bb 1f9bb-t 1f9bc
1f9bd 1f9be 1f9bf 1f9c0 1f9c1 1f9c2 1f9c3 1f9c4 1f9c5 1f9c6 1f9c7 1f9c8 1f9c9 1f9ca 1f9cb 1f9cc 1f9cd 1f9cd-t
1f9cd-t-200d-2640-fe0f 1f9cd-t-200d-2642-fe0f 1f9cd-200d-2640-fe0f 1f9cd-200d-2642-fe0f 1f9ce 1f9ce-t
1f9ce-t-200d-2640-fe0f 1f9ce-t-200d-2640-fe0f-200d-27a1-fe0f 1f9ce-t-200d-2642-fe0f
1f9ce-t-200d-2642-fe0f-200d-27a1-fe0f 1f9ce-t-200d-27a1-fe0f 1f9ce-200d-2640-fe0f 1f9ce-200d-2640-fe0f-200d-27a1-fe0f
1f9ce-200d-2642-fe0f 1f9ce-200d-2642-fe0f-200d-27a1-fe0f 1f9ce-200d-27a1-fe0f 1f9cf 1f9cf-t 1f9cf-t-200d-2640-fe0f
1f9cf-t-200d-2642-fe0f 1f9cf-200d-2640-fe0f 1f9cf-200d-2642-fe0f 1f9d0 1f9d1 1f9d1-t 1f9d1-t-200d-2695-fe0f
1f9d1-t-200d-2696-fe0f 1f9d1-t-200d-2708-fe0f 1f9d1-t-200d-1f33e 1f9d1-t-200d-1f373 1f9d1-t-200d-1f37c
1f9d1-t-200d-1f384 1f9d1-t-200d-1f393 1f9d1-t-200d-1f3a4 1f9d1-t-200d-1f3a8 1f9d1-t-200d-1f3eb 1f9d1-t-200d-1f3ed
1f9d1-t-200d-1f4bb 1f9d1-t-200d-1f4bc 1f9d1-t-200d-1f527 1f9d1-t-200d-1f52c 1f9d1-t-200d-1f680 1f9d1-t-200d-1f692
1f9d1-t-200d-1f91d-200d-1f9d1-t 1f9d1-t-200d-1f9af 1f9d1-t-200d-1f9af-200d-27a1-fe0f 1f9d1-t-200d-1f9b0
1f9d1-t-200d-1f9b1 1f9d1-t-200d-1f9b2 1f9d1-t-200d-1f9b3 1f9d1-t-200d-1f9bc 1f9d1-t-200d-1f9bc-200d-27a1-fe0f
1f9d1-t-200d-1f9bd 1f9d1-t-200d-1f9bd-200d-27a1-fe0f 1f9d1-t-200d-1fa70 1f9d1-200d-2695-fe0f 1f9d1-200d-2696-fe0f
1f9d1-200d-2708-fe0f 1f9d1-200d-1f33e 1f9d1-200d-1f373 1f9d1-200d-1f37c 1f9d1-200d-1f384 1f9d1-200d-1f393
1f9d1-200d-1f3a4 1f9d1-200d-1f3a8 1f9d1-200d-1f3eb 1f9d1-200d-1f3ed 1f9d1-200d-1f4bb 1f9d1-200d-1f4bc 1f9d1-200d-1f527
1f9d1-200d-1f52c 1f9d1-200d-1f680 1f9d1-200d-1f692 1f9d1-200d-1f91d-200d-1f9d1 1f9d1-200d-1f9af
1f9d1-200d-1f9af-200d-27a1-fe0f 1f9d1-200d-1f9b0 1f9d1-200d-1f9b1 1f9d1-200d-1f9b2 1f9d1-200d-1f9b3 1f9d1-200d-1f9bc
1f9d1-200d-1f9bc-200d-27a1-fe0f 1f9d1-200d-1f9bd 1f9d1-200d-1f9bd-200d-27a1-fe0f 1f9d1-200d-1f9d1-200d-1f9d2
1f9d1-200d-1f9d1-200d-1f9d2-200d-1f9d2 1f9d1-200d-1f9d2 1f9d1-200d-1f9d2-200d-1f9d2 1f9d1-200d-1fa70 1f9d2 1f9d2-t
1f9d3 1f9d3-t 1f9d4 1f9d4-t 1f9d4-t-200d-2640-fe0f 1f9d4-t-200d-2642-fe0f 1f9d4-200d-2640-fe0f 1f9d4-200d-2642-fe0f
1f9d5 1f9d5-t 1f9d6 1f9d6-t 1f9d6-t-200d-2640-fe0f 1f9d6-t-200d-2642-fe0f 1f9d6-200d-2640-fe0f 1f9d6-200d-2642-fe0f
1f9d7 1f9d7-t 1f9d7-t-200d-2640-fe0f 1f9d7-t-200d-2642-fe0f 1f9d7-200d-2640-fe0f 1f9d7-200d-2642-fe0f 1f9d8 1f9d8-t
1f9d8-t-200d-2640-fe0f 1f9d8-t-200d-2642-fe0f 1f9d8-200d-2640-fe0f 1f9d8-200d-2642-fe0f 1f9d9 1f9d9-t
1f9d9-t-200d-2640-fe0f 1f9d9-t-200d-2642-fe0f 1f9d9-200d-2640-fe0f 1f9d9-200d-2642-fe0f 1f9da 1f9da-t
1f9da-t-200d-2640-fe0f 1f9da-t-200d-2642-fe0f 1f9da-200d-2640-fe0f 1f9da-200d-2642-fe0f 1f9db 1f9db-t
1f9db-t-200d-2640-fe0f 1f9db-t-200d-2642-fe0f 1f9db-200d-2640-fe0f 1f9db-200d-2642-fe0f 1f9dc 1f9dc-t
1f9dc-t-200d-2640-fe0f 1f9dc-t-200d-2642-fe0f 1f9dc-200d-2640-fe0f 1f9dc-200d-2642-fe0f 1f9dd 1f9dd-t
1f9dd-t-200d-2640-fe0f 1f9dd-t-200d-2642-fe0f 1f9dd-200d-2640-fe0f 1f9dd-200d-2642-fe0f 1f9de 1f9de-200d-2640-fe0f
1f9de-200d-2642-fe0f 1f9df 1f9df-200d-2640-fe0f 1f9df-200d-2642-fe0f 1f9e0 1f9e1 1f9e2 1f9e3 1f9e4 1f9e5 1f9e6 1f9e7
1f9e8 1f9e9 1f9ea 1f9eb 1f9ec 1f9ed 1f9ee 1f9ef 1f9f0 1f9f1 1f9f2 1f9f3 1f9f4 1f9f5 1f9f6 1f9f7 1f9f8 1f9f9 1f9fa
1f9fb 1f9fc 1f9fd 1f9fe 1f9ff 1fa70 1fa71 1fa72 1fa73 1fa74 1fa75 1fa76 1fa77 1fa78 1fa79 1fa7a 1fa7b 1fa7c 1fa80
1fa81 1fa82 1fa83 1fa84 1fa85 1fa86 1fa87 1fa88 1fa89 1fa8a 1fa8b 1fa8c 1fa8d 1fa8e 1fa8f 1fa90 1fa91 1fa92 1fa93
1fa94 1fa95 1fa96 1fa97 1fa98 1fa99 1fa9a 1fa9b 1fa9c 1fa9d 1fa9e 1fa9f 1faa0 1faa1 1faa2 1faa3 1faa4 1faa5 1faa6
1faa7 1faa8 1faa9 1faaa 1faab 1faac 1faad 1faae 1faaf 1fab0 1fab1 1fab2 1fab3 1fab4 1fab5 1fab6 1fab7 1fab8 1fab9
1faba 1fabb 1fabc 1fabd 1fabe 1fabf 1fac0 1fac1 1fac2 1fac3 1fac3-t 1fac4 1fac4-t 1fac5 1fac5-t 1fac6 1fac8 1facc
1facd 1face 1facf 1fad0 1fad1 1fad2 1fad3 1fad4 1fad5 1fad6 1fad7 1fad8 1fad9 1fada 1fadb 1fadc 1fadd 1fadf 1fae0
1fae1 1fae2 1fae3 1fae4 1fae5 1fae6 1fae7 1fae8 1fae9 1faea 1faeb 1faef 1faf0 1faf0-t 1faf1 1faf1-t 1faf2 1faf2-t
1faf3 1faf3-t 1faf4 1faf4-t 1faf5 1faf5-t 1faf6 1faf6-t 1faf7 1faf7-t 1faf8 1faf8-t 1faf9 1faf9-t 1fafa 1fafa-t
"""

# Sequences of two people with different skin tones; after the colon, the same without skin tones.
PAIRS: Final = """\
1f468-t-200d-1f430-200d-1f468-t:1f46f-200d-2642-fe0f 1f468-t-200d-1f91d-200d-1f468-t:1f46c
1f468-t-200d-1faef-200d-1f468-t:1f93c-200d-2642-fe0f 1f469-t-200d-1f430-200d-1f469-t:1f46f-200d-2640-fe0f
1f469-t-200d-1f91d-200d-1f468-t:1f46b 1f469-t-200d-1f91d-200d-1f469-t:1f46d
1f469-t-200d-1faef-200d-1f469-t:1f93c-200d-2640-fe0f 1f9d1-t-200d-2764-fe0f-200d-1f48b-200d-1f9d1-t:1f48f
1f9d1-t-200d-2764-fe0f-200d-1f9d1-t:1f491 1f9d1-t-200d-1f430-200d-1f9d1-t:1f46f 1f9d1-t-200d-1faef-200d-1f9d1-t:1f93c
1faf1-t-200d-1faf2-t:1f91d
"""

# The short names of emoji, as on the page; before the colon, the sequence without U+FE0F.
NAMES: Final = """\
1f600:grinning 1f603:smiley 1f604:smile 1f601:grin 1f606:laughing,satisfied 1f605:sweat_smile
1f923:rofl,rolling_on_the_floor_laughing 1f602:joy 1f642:slightly_smiling_face 1f643:upside_down_face
1fae0:melting_face 1f609:wink 1f60a:blush 1f607:innocent
1f970:smiling_face_with_three_hearts,smiling_face_with_3_hearts 1f60d:heart_eyes
1f929:star_struck,star-struck,grinning_face_with_star_eyes 1f618:kissing_heart 1f617:kissing 263a:relaxed
1f61a:kissing_closed_eyes 1f619:kissing_smiling_eyes 1f972:smiling_face_with_tear 1f60b:yum 1f61b:stuck_out_tongue
1f61c:stuck_out_tongue_winking_eye 1f92a:zany_face,grinning_face_with_one_large_and_one_small_eye
1f61d:stuck_out_tongue_closed_eyes 1f911:money_mouth_face 1f917:hugs,hugging_face
1f92d:hand_over_mouth,face_with_hand_over_mouth,smiling_face_with_smiling_eyes_and_hand_covering_mouth
1fae2:face_with_open_eyes_and_hand_over_mouth 1fae3:face_with_peeking_eye
1f92b:shushing_face,face_with_finger_covering_closed_lips 1f914:thinking,thinking_face 1fae1:saluting_face
1f910:zipper_mouth_face 1f928:raised_eyebrow,face_with_raised_eyebrow,face_with_one_eyebrow_raised 1f610:neutral_face
1f611:expressionless 1f636:no_mouth 1fae5:dotted_line_face 1f636-200d-1f32b:face_in_clouds 1f60f:smirk 1f612:unamused
1f644:roll_eyes,face_with_rolling_eyes 1f62c:grimacing 1f62e-200d-1f4a8:face_exhaling 1f925:lying_face
1fae8:shaking_face 1f60c:relieved 1f614:pensive 1f62a:sleepy 1f924:drooling_face 1f634:sleeping 1f637:mask
1f912:face_with_thermometer 1f915:face_with_head_bandage 1f922:nauseated_face
1f92e:vomiting_face,face_vomiting,face_with_open_mouth_vomiting 1f927:sneezing_face 1f975:hot_face 1f976:cold_face
1f974:woozy_face 1f635:dizzy_face 1f635-200d-1f4ab:face_with_spiral_eyes
1f92f:exploding_head,shocked_face_with_exploding_head 1f920:cowboy_hat_face,face_with_cowboy_hat 1f973:partying_face
1f978:disguised_face 1f60e:sunglasses 1f913:nerd_face 1f9d0:monocle_face,face_with_monocle 1f615:confused
1fae4:face_with_diagonal_mouth 1f61f:worried 1f641:slightly_frowning_face 2639:frowning_face,white_frowning_face
1f62e:open_mouth 1f62f:hushed 1f632:astonished 1f633:flushed 1f97a:pleading_face 1f979:face_holding_back_tears
1f626:frowning 1f627:anguished 1f628:fearful 1f630:cold_sweat 1f625:disappointed_relieved 1f622:cry 1f62d:sob
1f631:scream 1f616:confounded 1f623:persevere 1f61e:disappointed 1f613:sweat 1f629:weary 1f62b:tired_face
1f971:yawning_face 1f624:triumph 1f621:pout,rage 1f620:angry
1f92c:cursing_face,face_with_symbols_on_mouth,serious_face_with_symbols_covering_mouth 1f608:smiling_imp 1f47f:imp
1f480:skull 2620:skull_and_crossbones 1f4a9:hankey,poop,shit 1f921:clown_face 1f479:japanese_ogre
1f47a:japanese_goblin 1f47b:ghost 1f47d:alien 1f47e:space_invader 1f916:robot,robot_face 1f63a:smiley_cat
1f638:smile_cat 1f639:joy_cat 1f63b:heart_eyes_cat 1f63c:smirk_cat 1f63d:kissing_cat 1f640:scream_cat
1f63f:crying_cat_face 1f63e:pouting_cat 1f648:see_no_evil 1f649:hear_no_evil 1f64a:speak_no_evil 1f48c:love_letter
1f498:cupid 1f49d:gift_heart 1f496:sparkling_heart 1f497:heartpulse 1f493:heartbeat 1f49e:revolving_hearts
1f495:two_hearts 1f49f:heart_decoration 2763:heavy_heart_exclamation,heavy_heart_exclamation_mark_ornament
1f494:broken_heart 2764-200d-1f525:heart_on_fire 2764-200d-1fa79:mending_heart 2764:heart 1fa77:pink_heart
1f9e1:orange_heart 1f49b:yellow_heart 1f49a:green_heart 1f499:blue_heart 1fa75:light_blue_heart 1f49c:purple_heart
1f90e:brown_heart 1f5a4:black_heart 1fa76:grey_heart 1f90d:white_heart 1f48b:kiss 1f4af:100 1f4a2:anger
1f4a5:boom,collision 1f4ab:dizzy 1f4a6:sweat_drops 1f4a8:dash 1f573:hole 1f4ac:speech_balloon
1f441-200d-1f5e8:eye_speech_bubble,eye-in-speech-bubble 1f5e8:left_speech_bubble 1f5ef:right_anger_bubble
1f4ad:thought_balloon 1f4a4:zzz 1f44b:wave 1f91a:raised_back_of_hand 1f590:raised_hand_with_fingers_splayed
270b:hand,raised_hand 1f596:vulcan_salute,spock-hand 1faf1:rightwards_hand 1faf2:leftwards_hand 1faf3:palm_down_hand
1faf4:palm_up_hand 1faf7:leftwards_pushing_hand 1faf8:rightwards_pushing_hand 1f44c:ok_hand 1f90c:pinched_fingers
1f90f:pinching_hand 270c:v 1f91e:crossed_fingers,hand_with_index_and_middle_fingers_crossed
1faf0:hand_with_index_finger_and_thumb_crossed 1f91f:love_you_gesture,i_love_you_hand_sign
1f918:metal,the_horns,sign_of_the_horns 1f919:call_me_hand 1f448:point_left 1f449:point_right 1f446:point_up_2
1f595:fu,middle_finger,reversed_hand_with_middle_finger_extended 1f447:point_down 261d:point_up
1faf5:index_pointing_at_the_viewer 1f44d:+1,thumbsup 1f44e:-1,thumbsdown 270a:fist,fist_raised
1f44a:facepunch,fist_oncoming,punch 1f91b:fist_left,left-facing_fist 1f91c:fist_right,right-facing_fist 1f44f:clap
1f64c:raised_hands 1faf6:heart_hands 1f450:open_hands 1f932:palms_up_together 1f91d:handshake 1f64f:pray
270d:writing_hand 1f485:nail_care 1f933:selfie 1f4aa:muscle 1f9be:mechanical_arm 1f9bf:mechanical_leg 1f9b5:leg
1f9b6:foot 1f442:ear 1f9bb:ear_with_hearing_aid 1f443:nose 1f9e0:brain 1fac0:anatomical_heart 1fac1:lungs 1f9b7:tooth
1f9b4:bone 1f440:eyes 1f441:eye 1f445:tongue 1f444:lips 1fae6:biting_lip 1f476:baby 1f9d2:child 1f466:boy 1f467:girl
1f9d1:adult 1f471:blond_haired_person,person_with_blond_hair 1f468:man 1f9d4:bearded_person
1f9d4-200d-2642:man_beard,man_with_beard 1f9d4-200d-2640:woman_beard,woman_with_beard 1f468-200d-1f9b0:red_haired_man
1f468-200d-1f9b1:curly_haired_man 1f468-200d-1f9b3:white_haired_man 1f468-200d-1f9b2:bald_man 1f469:woman
1f469-200d-1f9b0:red_haired_woman 1f9d1-200d-1f9b0:person_red_hair,red_haired_person
1f469-200d-1f9b1:curly_haired_woman 1f9d1-200d-1f9b1:person_curly_hair,curly_haired_person
1f469-200d-1f9b3:white_haired_woman 1f9d1-200d-1f9b3:person_white_hair,white_haired_person 1f469-200d-1f9b2:bald_woman
1f9d1-200d-1f9b2:person_bald,bald_person 1f471-200d-2640:blond_haired_woman,blonde_woman,blond-haired-woman
1f471-200d-2642:blond_haired_man,blond-haired-man 1f9d3:older_adult 1f474:older_man 1f475:older_woman
1f64d:frowning_person,person_frowning 1f64d-200d-2642:frowning_man,man-frowning
1f64d-200d-2640:frowning_woman,woman-frowning 1f64e:pouting_face,person_with_pouting_face
1f64e-200d-2642:pouting_man,man-pouting 1f64e-200d-2640:pouting_woman,woman-pouting 1f645:no_good
1f645-200d-2642:ng_man,no_good_man,man-gesturing-no 1f645-200d-2640:ng_woman,no_good_woman,woman-gesturing-no
1f646:ok_person 1f646-200d-2640:ok_woman,woman-gesturing-ok 1f646-200d-2642:ok_man,man-gesturing-ok
1f481:information_desk_person,tipping_hand_person 1f481-200d-2642:sassy_man,tipping_hand_man,man-tipping-hand
1f481-200d-2640:sassy_woman,tipping_hand_woman,woman-tipping-hand 1f64b:raising_hand
1f64b-200d-2642:raising_hand_man,man-raising-hand 1f64b-200d-2640:raising_hand_woman,woman-raising-hand
1f9cf:deaf_person 1f9cf-200d-2642:deaf_man 1f9cf-200d-2640:deaf_woman 1f647:bow 1f647-200d-2642:bowing_man,man-bowing
1f647-200d-2640:bowing_woman,woman-bowing 1f926:facepalm,face_palm 1f926-200d-2642:man_facepalming,man-facepalming
1f926-200d-2640:woman_facepalming,woman-facepalming 1f937:shrug 1f937-200d-2642:man_shrugging,man-shrugging
1f937-200d-2640:woman_shrugging,woman-shrugging 1f9d1-200d-2695:health_worker
1f468-200d-2695:man_health_worker,male-doctor 1f469-200d-2695:woman_health_worker,female-doctor
1f9d1-200d-1f393:student 1f468-200d-1f393:man_student,male-student 1f469-200d-1f393:woman_student,female-student
1f9d1-200d-1f3eb:teacher 1f468-200d-1f3eb:man_teacher,male-teacher 1f469-200d-1f3eb:woman_teacher,female-teacher
1f9d1-200d-2696:judge 1f468-200d-2696:man_judge,male-judge 1f469-200d-2696:woman_judge,female-judge
1f9d1-200d-1f33e:farmer 1f468-200d-1f33e:man_farmer,male-farmer 1f469-200d-1f33e:woman_farmer,female-farmer
1f9d1-200d-1f373:cook 1f468-200d-1f373:man_cook,male-cook 1f469-200d-1f373:woman_cook,female-cook
1f9d1-200d-1f527:mechanic 1f468-200d-1f527:man_mechanic,male-mechanic 1f469-200d-1f527:woman_mechanic,female-mechanic
1f9d1-200d-1f3ed:factory_worker 1f468-200d-1f3ed:man_factory_worker,male-factory-worker
1f469-200d-1f3ed:woman_factory_worker,female-factory-worker 1f9d1-200d-1f4bc:office_worker
1f468-200d-1f4bc:man_office_worker,male-office-worker 1f469-200d-1f4bc:woman_office_worker,female-office-worker
1f9d1-200d-1f52c:scientist 1f468-200d-1f52c:man_scientist,male-scientist
1f469-200d-1f52c:woman_scientist,female-scientist 1f9d1-200d-1f4bb:technologist
1f468-200d-1f4bb:man_technologist,male-technologist 1f469-200d-1f4bb:woman_technologist,female-technologist
1f9d1-200d-1f3a4:singer 1f468-200d-1f3a4:man_singer,male-singer 1f469-200d-1f3a4:woman_singer,female-singer
1f9d1-200d-1f3a8:artist 1f468-200d-1f3a8:man_artist,male-artist 1f469-200d-1f3a8:woman_artist,female-artist
1f9d1-200d-2708:pilot 1f468-200d-2708:man_pilot,male-pilot 1f469-200d-2708:woman_pilot,female-pilot
1f9d1-200d-1f680:astronaut 1f468-200d-1f680:man_astronaut,male-astronaut
1f469-200d-1f680:woman_astronaut,female-astronaut 1f9d1-200d-1f692:firefighter
1f468-200d-1f692:man_firefighter,male-firefighter 1f469-200d-1f692:woman_firefighter,female-firefighter
1f46e:cop,police_officer 1f46e-200d-2642:policeman,male-police-officer
1f46e-200d-2640:policewoman,female-police-officer 1f575:detective,sleuth_or_spy
1f575-200d-2642:male_detective,male-detective 1f575-200d-2640:female_detective,female-detective 1f482:guard
1f482-200d-2642:guardsman,male-guard 1f482-200d-2640:guardswoman,female-guard 1f977:ninja 1f477:construction_worker
1f477-200d-2642:construction_worker_man,male-construction-worker
1f477-200d-2640:construction_worker_woman,female-construction-worker 1fac5:person_with_crown 1f934:prince
1f478:princess 1f473:person_with_turban 1f473-200d-2642:man_with_turban,man-wearing-turban
1f473-200d-2640:woman_with_turban,woman-wearing-turban 1f472:man_with_gua_pi_mao
1f9d5:woman_with_headscarf,person_with_headscarf 1f935:person_in_tuxedo 1f935-200d-2642:man_in_tuxedo
1f935-200d-2640:woman_in_tuxedo 1f470:person_with_veil 1f470-200d-2640:bride_with_veil,woman_with_veil
1f470-200d-2642:man_with_veil 1f930:pregnant_woman 1fac3:pregnant_man 1fac4:pregnant_person
1f931:breast_feeding,breast-feeding 1f469-200d-1f37c:woman_feeding_baby 1f468-200d-1f37c:man_feeding_baby
1f9d1-200d-1f37c:person_feeding_baby 1f47c:angel 1f385:santa 1f936:mrs_claus,mother_christmas
1f9d1-200d-1f384:mx_claus 1f9b8:superhero 1f9b8-200d-2642:superhero_man,male_superhero
1f9b8-200d-2640:superhero_woman,female_superhero 1f9b9:supervillain 1f9b9-200d-2642:supervillain_man,male_supervillain
1f9b9-200d-2640:supervillain_woman,female_supervillain 1f9d9:mage 1f9d9-200d-2642:mage_man,male_mage
1f9d9-200d-2640:mage_woman,female_mage 1f9da:fairy 1f9da-200d-2642:fairy_man,male_fairy
1f9da-200d-2640:fairy_woman,female_fairy 1f9db:vampire 1f9db-200d-2642:vampire_man,male_vampire
1f9db-200d-2640:vampire_woman,female_vampire 1f9dc:merperson 1f9dc-200d-2642:merman 1f9dc-200d-2640:mermaid 1f9dd:elf
1f9dd-200d-2642:elf_man,male_elf 1f9dd-200d-2640:elf_woman,female_elf 1f9de:genie 1f9de-200d-2642:genie_man,male_genie
1f9de-200d-2640:genie_woman,female_genie 1f9df:zombie 1f9df-200d-2642:zombie_man,male_zombie
1f9df-200d-2640:zombie_woman,female_zombie 1f9cc:troll 1f486:massage 1f486-200d-2642:massage_man,man-getting-massage
1f486-200d-2640:massage_woman,woman-getting-massage 1f487:haircut 1f487-200d-2642:haircut_man,man-getting-haircut
1f487-200d-2640:haircut_woman,woman-getting-haircut 1f6b6:walking 1f6b6-200d-2642:walking_man,man-walking
1f6b6-200d-2640:walking_woman,woman-walking 1f9cd:standing_person 1f9cd-200d-2642:standing_man,man_standing
1f9cd-200d-2640:standing_woman,woman_standing 1f9ce:kneeling_person 1f9ce-200d-2642:kneeling_man,man_kneeling
1f9ce-200d-2640:kneeling_woman,woman_kneeling 1f9d1-200d-1f9af:person_with_probing_cane
1f468-200d-1f9af:man_with_probing_cane 1f469-200d-1f9af:woman_with_probing_cane
1f9d1-200d-1f9bc:person_in_motorized_wheelchair 1f468-200d-1f9bc:man_in_motorized_wheelchair
1f469-200d-1f9bc:woman_in_motorized_wheelchair 1f9d1-200d-1f9bd:person_in_manual_wheelchair
1f468-200d-1f9bd:man_in_manual_wheelchair 1f469-200d-1f9bd:woman_in_manual_wheelchair 1f3c3:runner,running
1f3c3-200d-2642:running_man,man-running 1f3c3-200d-2640:running_woman,woman-running 1f483:dancer,woman_dancing
1f57a:man_dancing 1f574:business_suit_levitating,man_in_business_suit_levitating 1f46f:dancers
1f46f-200d-2642:dancing_men,men-with-bunny-ears-partying,man-with-bunny-ears-partying
1f46f-200d-2640:dancing_women,women-with-bunny-ears-partying,woman-with-bunny-ears-partying
1f9d6:sauna_person,person_in_steamy_room 1f9d6-200d-2642:sauna_man,man_in_steamy_room
1f9d6-200d-2640:sauna_woman,woman_in_steamy_room 1f9d7:climbing,person_climbing
1f9d7-200d-2642:climbing_man,man_climbing 1f9d7-200d-2640:climbing_woman,woman_climbing 1f93a:person_fencing,fencer
1f3c7:horse_racing 26f7:skier 1f3c2:snowboarder 1f3cc:golfing,golfer 1f3cc-200d-2642:golfing_man,man-golfing
1f3cc-200d-2640:golfing_woman,woman-golfing 1f3c4:surfer 1f3c4-200d-2642:surfing_man,man-surfing
1f3c4-200d-2640:surfing_woman,woman-surfing 1f6a3:rowboat 1f6a3-200d-2642:rowing_man,man-rowing-boat
1f6a3-200d-2640:rowing_woman,woman-rowing-boat 1f3ca:swimmer 1f3ca-200d-2642:swimming_man,man-swimming
1f3ca-200d-2640:swimming_woman,woman-swimming 26f9:bouncing_ball_person,person_with_ball
26f9-200d-2642:basketball_man,bouncing_ball_man,man-bouncing-ball
26f9-200d-2640:basketball_woman,bouncing_ball_woman,woman-bouncing-ball 1f3cb:weight_lifting,weight_lifter
1f3cb-200d-2642:weight_lifting_man,man-lifting-weights 1f3cb-200d-2640:weight_lifting_woman,woman-lifting-weights
1f6b4:bicyclist 1f6b4-200d-2642:biking_man,man-biking 1f6b4-200d-2640:biking_woman,woman-biking
1f6b5:mountain_bicyclist 1f6b5-200d-2642:mountain_biking_man,man-mountain-biking
1f6b5-200d-2640:mountain_biking_woman,woman-mountain-biking 1f938:cartwheeling,person_doing_cartwheel
1f938-200d-2642:man_cartwheeling,man-cartwheeling 1f938-200d-2640:woman_cartwheeling,woman-cartwheeling
1f93c:wrestling,wrestlers 1f93c-200d-2642:men_wrestling,man-wrestling 1f93c-200d-2640:women_wrestling,woman-wrestling
1f93d:water_polo 1f93d-200d-2642:man_playing_water_polo,man-playing-water-polo
1f93d-200d-2640:woman_playing_water_polo,woman-playing-water-polo 1f93e:handball_person,handball
1f93e-200d-2642:man_playing_handball,man-playing-handball
1f93e-200d-2640:woman_playing_handball,woman-playing-handball 1f939:juggling_person,juggling
1f939-200d-2642:man_juggling,man-juggling 1f939-200d-2640:woman_juggling,woman-juggling
1f9d8:lotus_position,person_in_lotus_position 1f9d8-200d-2642:lotus_position_man,man_in_lotus_position
1f9d8-200d-2640:lotus_position_woman,woman_in_lotus_position 1f6c0:bath 1f6cc:sleeping_bed,sleeping_accommodation
1f9d1-200d-1f91d-200d-1f9d1:people_holding_hands 1f46d:two_women_holding_hands,women_holding_hands
1f46b:couple,man_and_woman_holding_hands,woman_and_man_holding_hands 1f46c:two_men_holding_hands,men_holding_hands
1f48f:couplekiss 1f469-200d-2764-200d-1f48b-200d-1f468:couplekiss_man_woman,woman-kiss-man
1f468-200d-2764-200d-1f48b-200d-1f468:couplekiss_man_man,man-kiss-man
1f469-200d-2764-200d-1f48b-200d-1f469:couplekiss_woman_woman,woman-kiss-woman 1f491:couple_with_heart
1f469-200d-2764-200d-1f468:couple_with_heart_woman_man,woman-heart-man
1f468-200d-2764-200d-1f468:couple_with_heart_man_man,man-heart-man
1f469-200d-2764-200d-1f469:couple_with_heart_woman_woman,woman-heart-woman
1f468-200d-1f469-200d-1f466:family_man_woman_boy,man-woman-boy
1f468-200d-1f469-200d-1f467:family_man_woman_girl,man-woman-girl
1f468-200d-1f469-200d-1f467-200d-1f466:family_man_woman_girl_boy,man-woman-girl-boy
1f468-200d-1f469-200d-1f466-200d-1f466:family_man_woman_boy_boy,man-woman-boy-boy
1f468-200d-1f469-200d-1f467-200d-1f467:family_man_woman_girl_girl,man-woman-girl-girl
1f468-200d-1f468-200d-1f466:family_man_man_boy,man-man-boy
1f468-200d-1f468-200d-1f467:family_man_man_girl,man-man-girl
1f468-200d-1f468-200d-1f467-200d-1f466:family_man_man_girl_boy,man-man-girl-boy
1f468-200d-1f468-200d-1f466-200d-1f466:family_man_man_boy_boy,man-man-boy-boy
1f468-200d-1f468-200d-1f467-200d-1f467:family_man_man_girl_girl,man-man-girl-girl
1f469-200d-1f469-200d-1f466:family_woman_woman_boy,woman-woman-boy
1f469-200d-1f469-200d-1f467:family_woman_woman_girl,woman-woman-girl
1f469-200d-1f469-200d-1f467-200d-1f466:family_woman_woman_girl_boy,woman-woman-girl-boy
1f469-200d-1f469-200d-1f466-200d-1f466:family_woman_woman_boy_boy,woman-woman-boy-boy
1f469-200d-1f469-200d-1f467-200d-1f467:family_woman_woman_girl_girl,woman-woman-girl-girl
1f468-200d-1f466:family_man_boy,man-boy 1f468-200d-1f466-200d-1f466:family_man_boy_boy,man-boy-boy
1f468-200d-1f467:family_man_girl,man-girl 1f468-200d-1f467-200d-1f466:family_man_girl_boy,man-girl-boy
1f468-200d-1f467-200d-1f467:family_man_girl_girl,man-girl-girl 1f469-200d-1f466:family_woman_boy,woman-boy
1f469-200d-1f466-200d-1f466:family_woman_boy_boy,woman-boy-boy 1f469-200d-1f467:family_woman_girl,woman-girl
1f469-200d-1f467-200d-1f466:family_woman_girl_boy,woman-girl-boy
1f469-200d-1f467-200d-1f467:family_woman_girl_girl,woman-girl-girl 1f5e3:speaking_head,speaking_head_in_silhouette
1f464:bust_in_silhouette 1f465:busts_in_silhouette 1fac2:people_hugging 1f46a:family 1f463:footprints
1f435:monkey_face 1f412:monkey 1f98d:gorilla 1f9a7:orangutan 1f436:dog 1f415:dog2 1f9ae:guide_dog
1f415-200d-1f9ba:service_dog 1f429:poodle 1f43a:wolf 1f98a:fox_face 1f99d:raccoon 1f431:cat 1f408:cat2
1f408-200d-2b1b:black_cat 1f981:lion,lion_face 1f42f:tiger 1f405:tiger2 1f406:leopard 1f434:horse 1face:moose
1facf:donkey 1f40e:racehorse 1f984:unicorn,unicorn_face 1f993:zebra,zebra_face 1f98c:deer 1f9ac:bison 1f42e:cow
1f402:ox 1f403:water_buffalo 1f404:cow2 1f437:pig 1f416:pig2 1f417:boar 1f43d:pig_nose 1f40f:ram 1f411:sheep
1f410:goat 1f42a:dromedary_camel 1f42b:camel 1f999:llama 1f992:giraffe,giraffe_face 1f418:elephant 1f9a3:mammoth
1f98f:rhinoceros 1f99b:hippopotamus 1f42d:mouse 1f401:mouse2 1f400:rat 1f439:hamster 1f430:rabbit 1f407:rabbit2
1f43f:chipmunk 1f9ab:beaver 1f994:hedgehog 1f987:bat 1f43b:bear 1f43b-200d-2744:polar_bear 1f428:koala
1f43c:panda_face 1f9a5:sloth 1f9a6:otter 1f9a8:skunk 1f998:kangaroo 1f9a1:badger 1f43e:feet,paw_prints 1f983:turkey
1f414:chicken 1f413:rooster 1f423:hatching_chick 1f424:baby_chick 1f425:hatched_chick 1f426:bird 1f427:penguin
1f54a:dove,dove_of_peace 1f985:eagle 1f986:duck 1f9a2:swan 1f989:owl 1f9a4:dodo 1fab6:feather 1f9a9:flamingo
1f99a:peacock 1f99c:parrot 1fabd:wing 1f426-200d-2b1b:black_bird 1fabf:goose 1f438:frog 1f40a:crocodile 1f422:turtle
1f98e:lizard 1f40d:snake 1f432:dragon_face 1f409:dragon 1f995:sauropod 1f996:t-rex 1f433:whale 1f40b:whale2
1f42c:dolphin,flipper 1f9ad:seal 1f41f:fish 1f420:tropical_fish 1f421:blowfish 1f988:shark 1f419:octopus 1f41a:shell
1fab8:coral 1fabc:jellyfish 1f980:crab 1f99e:lobster 1f990:shrimp 1f991:squid 1f9aa:oyster 1f40c:snail 1f98b:butterfly
1f41b:bug 1f41c:ant 1f41d:bee,honeybee 1fab2:beetle 1f41e:lady_beetle,ladybug 1f997:cricket 1fab3:cockroach
1f577:spider 1f578:spider_web 1f982:scorpion 1f99f:mosquito 1fab0:fly 1fab1:worm 1f9a0:microbe 1f490:bouquet
1f338:cherry_blossom 1f4ae:white_flower 1fab7:lotus 1f3f5:rosette 1f339:rose 1f940:wilted_flower 1f33a:hibiscus
1f33b:sunflower 1f33c:blossom 1f337:tulip 1fabb:hyacinth 1f331:seedling 1fab4:potted_plant 1f332:evergreen_tree
1f333:deciduous_tree 1f334:palm_tree 1f335:cactus 1f33e:ear_of_rice 1f33f:herb 2618:shamrock 1f340:four_leaf_clover
1f341:maple_leaf 1f342:fallen_leaf 1f343:leaves 1fab9:empty_nest 1faba:nest_with_eggs 1f344:mushroom 1f347:grapes
1f348:melon 1f349:watermelon 1f34a:mandarin,orange,tangerine 1f34b:lemon 1f34c:banana 1f34d:pineapple 1f96d:mango
1f34e:apple 1f34f:green_apple 1f350:pear 1f351:peach 1f352:cherries 1f353:strawberry 1fad0:blueberries
1f95d:kiwi_fruit,kiwifruit 1f345:tomato 1fad2:olive 1f965:coconut 1f951:avocado 1f346:eggplant 1f954:potato
1f955:carrot 1f33d:corn 1f336:hot_pepper 1fad1:bell_pepper 1f952:cucumber 1f96c:leafy_green 1f966:broccoli
1f9c4:garlic 1f9c5:onion 1f95c:peanuts 1fad8:beans 1f330:chestnut 1fada:ginger_root 1fadb:pea_pod 1f35e:bread
1f950:croissant 1f956:baguette_bread 1fad3:flatbread 1f968:pretzel 1f96f:bagel 1f95e:pancakes 1f9c7:waffle
1f9c0:cheese,cheese_wedge 1f356:meat_on_bone 1f357:poultry_leg 1f969:cut_of_meat 1f953:bacon 1f354:hamburger
1f35f:fries 1f355:pizza 1f32d:hotdog 1f96a:sandwich 1f32e:taco 1f32f:burrito 1fad4:tamale 1f959:stuffed_flatbread
1f9c6:falafel 1f95a:egg 1f373:fried_egg,cooking 1f958:shallow_pan_of_food 1f372:stew 1fad5:fondue
1f963:bowl_with_spoon 1f957:green_salad 1f37f:popcorn 1f9c8:butter 1f9c2:salt 1f96b:canned_food 1f371:bento
1f358:rice_cracker 1f359:rice_ball 1f35a:rice 1f35b:curry 1f35c:ramen 1f35d:spaghetti 1f360:sweet_potato 1f362:oden
1f363:sushi 1f364:fried_shrimp 1f365:fish_cake 1f96e:moon_cake 1f361:dango 1f95f:dumpling 1f960:fortune_cookie
1f961:takeout_box 1f366:icecream 1f367:shaved_ice 1f368:ice_cream 1f369:doughnut 1f36a:cookie 1f382:birthday
1f370:cake 1f9c1:cupcake 1f967:pie 1f36b:chocolate_bar 1f36c:candy 1f36d:lollipop 1f36e:custard 1f36f:honey_pot
1f37c:baby_bottle 1f95b:milk_glass,glass_of_milk 2615:coffee 1fad6:teapot 1f375:tea 1f376:sake 1f37e:champagne
1f377:wine_glass 1f378:cocktail 1f379:tropical_drink 1f37a:beer 1f37b:beers 1f942:clinking_glasses 1f943:tumbler_glass
1fad7:pouring_liquid 1f964:cup_with_straw 1f9cb:bubble_tea 1f9c3:beverage_box 1f9c9:mate,mate_drink 1f9ca:ice_cube
1f962:chopsticks 1f37d:plate_with_cutlery,knife_fork_plate 1f374:fork_and_knife 1f944:spoon 1f52a:hocho,knife
1fad9:jar 1f3fa:amphora 1f30d:earth_africa 1f30e:earth_americas 1f30f:earth_asia 1f310:globe_with_meridians
1f5fa:world_map 1f5fe:japan 1f9ed:compass 1f3d4:mountain_snow,snow_capped_mountain 26f0:mountain 1f30b:volcano
1f5fb:mount_fuji 1f3d5:camping 1f3d6:beach_umbrella,beach_with_umbrella 1f3dc:desert 1f3dd:desert_island
1f3de:national_park 1f3df:stadium 1f3db:classical_building 1f3d7:building_construction 1f9f1:bricks 1faa8:rock
1fab5:wood 1f6d6:hut 1f3d8:houses,house_buildings 1f3da:derelict_house,derelict_house_building 1f3e0:house
1f3e1:house_with_garden 1f3e2:office 1f3e3:post_office 1f3e4:european_post_office 1f3e5:hospital 1f3e6:bank
1f3e8:hotel 1f3e9:love_hotel 1f3ea:convenience_store 1f3eb:school 1f3ec:department_store 1f3ed:factory
1f3ef:japanese_castle 1f3f0:european_castle 1f492:wedding 1f5fc:tokyo_tower 1f5fd:statue_of_liberty 26ea:church
1f54c:mosque 1f6d5:hindu_temple 1f54d:synagogue 26e9:shinto_shrine 1f54b:kaaba 26f2:fountain 26fa:tent 1f301:foggy
1f303:night_with_stars 1f3d9:cityscape 1f304:sunrise_over_mountains 1f305:sunrise 1f306:city_sunset 1f307:city_sunrise
1f309:bridge_at_night 2668:hotsprings 1f3a0:carousel_horse 1f6dd:playground_slide 1f3a1:ferris_wheel
1f3a2:roller_coaster 1f488:barber 1f3aa:circus_tent 1f682:steam_locomotive 1f683:railway_car 1f684:bullettrain_side
1f685:bullettrain_front 1f686:train2 1f687:metro 1f688:light_rail 1f689:station 1f68a:tram 1f69d:monorail
1f69e:mountain_railway 1f68b:train 1f68c:bus 1f68d:oncoming_bus 1f68e:trolleybus 1f690:minibus 1f691:ambulance
1f692:fire_engine 1f693:police_car 1f694:oncoming_police_car 1f695:taxi 1f696:oncoming_taxi 1f697:car,red_car
1f698:oncoming_automobile 1f699:blue_car 1f6fb:pickup_truck 1f69a:truck 1f69b:articulated_lorry 1f69c:tractor
1f3ce:racing_car 1f3cd:motorcycle,racing_motorcycle 1f6f5:motor_scooter 1f9bd:manual_wheelchair
1f9bc:motorized_wheelchair 1f6fa:auto_rickshaw 1f6b2:bike 1f6f4:kick_scooter,scooter 1f6f9:skateboard
1f6fc:roller_skate 1f68f:busstop 1f6e3:motorway 1f6e4:railway_track 1f6e2:oil_drum 26fd:fuelpump 1f6de:wheel
1f6a8:rotating_light 1f6a5:traffic_light 1f6a6:vertical_traffic_light 1f6d1:stop_sign,octagonal_sign
1f6a7:construction 2693:anchor 1f6df:ring_buoy 26f5:boat,sailboat 1f6f6:canoe 1f6a4:speedboat 1f6f3:passenger_ship
26f4:ferry 1f6e5:motor_boat 1f6a2:ship 2708:airplane 1f6e9:small_airplane 1f6eb:flight_departure,airplane_departure
1f6ec:flight_arrival,airplane_arriving 1fa82:parachute 1f4ba:seat 1f681:helicopter 1f69f:suspension_railway
1f6a0:mountain_cableway 1f6a1:aerial_tramway 1f6f0:artificial_satellite 1f4e1:satellite,satellite_antenna 1f680:rocket
1f6f8:flying_saucer 1f6ce:bellhop_bell 1f9f3:luggage 231b:hourglass 23f3:hourglass_flowing_sand 231a:watch
23f0:alarm_clock 23f1:stopwatch 23f2:timer_clock 1f570:mantelpiece_clock 1f55b:clock12 1f567:clock1230 1f550:clock1
1f55c:clock130 1f551:clock2 1f55d:clock230 1f552:clock3 1f55e:clock330 1f553:clock4 1f55f:clock430 1f554:clock5
1f560:clock530 1f555:clock6 1f561:clock630 1f556:clock7 1f562:clock730 1f557:clock8 1f563:clock830 1f558:clock9
1f564:clock930 1f559:clock10 1f565:clock1030 1f55a:clock11 1f566:clock1130 1f311:new_moon 1f312:waxing_crescent_moon
1f313:first_quarter_moon 1f314:moon,waxing_gibbous_moon 1f315:full_moon 1f316:waning_gibbous_moon
1f317:last_quarter_moon 1f318:waning_crescent_moon 1f319:crescent_moon 1f31a:new_moon_with_face
1f31b:first_quarter_moon_with_face 1f31c:last_quarter_moon_with_face 1f321:thermometer 2600:sunny
1f31d:full_moon_with_face 1f31e:sun_with_face 1fa90:ringed_planet 2b50:star 1f31f:star2 1f320:stars 1f30c:milky_way
2601:cloud 26c5:partly_sunny 26c8:cloud_with_lightning_and_rain,thunder_cloud_and_rain
1f324:sun_behind_small_cloud,mostly_sunny,sun_small_cloud 1f325:sun_behind_large_cloud,barely_sunny,sun_behind_cloud
1f326:sun_behind_rain_cloud,partly_sunny_rain 1f327:cloud_with_rain,rain_cloud 1f328:cloud_with_snow,snow_cloud
1f329:cloud_with_lightning,lightning,lightning_cloud 1f32a:tornado,tornado_cloud 1f32b:fog
1f32c:wind_face,wind_blowing_face 1f300:cyclone 1f308:rainbow 1f302:closed_umbrella 2602:open_umbrella
2614:umbrella,umbrella_with_rain_drops 26f1:parasol_on_ground,umbrella_on_ground 26a1:zap 2744:snowflake
2603:snowman_with_snow 26c4:snowman,snowman_without_snow 2604:comet 1f525:fire 1f4a7:droplet 1f30a:ocean
1f383:jack_o_lantern 1f384:christmas_tree 1f386:fireworks 1f387:sparkler 1f9e8:firecracker 2728:sparkles 1f388:balloon
1f389:tada 1f38a:confetti_ball 1f38b:tanabata_tree 1f38d:bamboo 1f38e:dolls 1f38f:flags 1f390:wind_chime
1f391:rice_scene 1f9e7:red_envelope 1f380:ribbon 1f381:gift 1f397:reminder_ribbon 1f39f:tickets,admission_tickets
1f3ab:ticket 1f396:medal_military,medal 1f3c6:trophy 1f3c5:medal_sports,sports_medal
1f947:1st_place_medal,first_place_medal 1f948:2nd_place_medal,second_place_medal
1f949:3rd_place_medal,third_place_medal 26bd:soccer 26be:baseball 1f94e:softball 1f3c0:basketball 1f3d0:volleyball
1f3c8:football 1f3c9:rugby_football 1f3be:tennis 1f94f:flying_disc 1f3b3:bowling
1f3cf:cricket_game,cricket_bat_and_ball 1f3d1:field_hockey,field_hockey_stick_and_ball
1f3d2:ice_hockey,ice_hockey_stick_and_puck 1f94d:lacrosse 1f3d3:ping_pong,table_tennis_paddle_and_ball
1f3f8:badminton,badminton_racquet_and_shuttlecock 1f94a:boxing_glove 1f94b:martial_arts_uniform 1f945:goal_net
26f3:golf 26f8:ice_skate 1f3a3:fishing_pole_and_fish 1f93f:diving_mask 1f3bd:running_shirt_with_sash 1f3bf:ski
1f6f7:sled 1f94c:curling_stone 1f3af:dart 1fa80:yo_yo,yo-yo 1fa81:kite 1f52b:gun 1f3b1:8ball 1f52e:crystal_ball
1fa84:magic_wand 1f3ae:video_game 1f579:joystick 1f3b0:slot_machine 1f3b2:game_die 1f9e9:jigsaw 1f9f8:teddy_bear
1fa85:pinata 1faa9:mirror_ball 1fa86:nesting_dolls 2660:spades 2665:hearts 2666:diamonds 2663:clubs 265f:chess_pawn
1f0cf:black_joker 1f004:mahjong 1f3b4:flower_playing_cards 1f3ad:performing_arts
1f5bc:framed_picture,frame_with_picture 1f3a8:art 1f9f5:thread 1faa1:sewing_needle 1f9f6:yarn 1faa2:knot
1f453:eyeglasses 1f576:dark_sunglasses 1f97d:goggles 1f97c:lab_coat 1f9ba:safety_vest 1f454:necktie 1f455:shirt,tshirt
1f456:jeans 1f9e3:scarf 1f9e4:gloves 1f9e5:coat 1f9e6:socks 1f457:dress 1f458:kimono 1f97b:sari
1fa71:one_piece_swimsuit,one-piece_swimsuit 1fa72:swim_brief,briefs 1fa73:shorts 1f459:bikini 1f45a:womans_clothes
1faad:folding_hand_fan 1f45b:purse 1f45c:handbag 1f45d:pouch 1f6cd:shopping,shopping_bags 1f392:school_satchel
1fa74:thong_sandal 1f45e:mans_shoe,shoe 1f45f:athletic_shoe 1f97e:hiking_boot 1f97f:flat_shoe,womans_flat_shoe
1f460:high_heel 1f461:sandal 1fa70:ballet_shoes 1f462:boot 1faae:hair_pick 1f451:crown 1f452:womans_hat 1f3a9:tophat
1f393:mortar_board 1f9e2:billed_cap 1fa96:military_helmet 26d1:rescue_worker_helmet,helmet_with_white_cross
1f4ff:prayer_beads 1f484:lipstick 1f48d:ring 1f48e:gem 1f507:mute 1f508:speaker 1f509:sound 1f50a:loud_sound
1f4e2:loudspeaker 1f4e3:mega 1f4ef:postal_horn 1f514:bell 1f515:no_bell 1f3bc:musical_score 1f3b5:musical_note
1f3b6:notes 1f399:studio_microphone 1f39a:level_slider 1f39b:control_knobs 1f3a4:microphone 1f3a7:headphones
1f4fb:radio 1f3b7:saxophone 1f3ba:trumpet 1fa97:accordion 1f3b8:guitar 1f3b9:musical_keyboard 1f3bb:violin 1fa95:banjo
1f941:drum,drum_with_drumsticks 1fa98:long_drum 1fa87:maracas 1fa88:flute 1f4f1:iphone 1f4f2:calling
260e:phone,telephone 1f4de:telephone_receiver 1f4df:pager 1f4e0:fax 1f50b:battery 1faab:low_battery
1f50c:electric_plug 1f4bb:computer 1f5a5:desktop_computer 1f5a8:printer 2328:keyboard
1f5b1:computer_mouse,three_button_mouse 1f5b2:trackball 1f4bd:minidisc 1f4be:floppy_disk 1f4bf:cd 1f4c0:dvd
1f9ee:abacus 1f3a5:movie_camera 1f39e:film_strip,film_frames 1f4fd:film_projector 1f3ac:clapper 1f4fa:tv 1f4f7:camera
1f4f8:camera_flash,camera_with_flash 1f4f9:video_camera 1f4fc:vhs 1f50d:mag 1f50e:mag_right 1f56f:candle 1f4a1:bulb
1f526:flashlight 1f3ee:izakaya_lantern,lantern 1fa94:diya_lamp 1f4d4:notebook_with_decorative_cover 1f4d5:closed_book
1f4d6:book,open_book 1f4d7:green_book 1f4d8:blue_book 1f4d9:orange_book 1f4da:books 1f4d3:notebook 1f4d2:ledger
1f4c3:page_with_curl 1f4dc:scroll 1f4c4:page_facing_up 1f4f0:newspaper 1f5de:newspaper_roll,rolled_up_newspaper
1f4d1:bookmark_tabs 1f516:bookmark 1f3f7:label 1fa99:coin 1f4b0:moneybag 1f4b4:yen 1f4b5:dollar 1f4b6:euro 1f4b7:pound
1f4b8:money_with_wings 1f4b3:credit_card 1f9fe:receipt 1f4b9:chart 2709:envelope 1f4e7:email,e-mail
1f4e8:incoming_envelope 1f4e9:envelope_with_arrow 1f4e4:outbox_tray 1f4e5:inbox_tray 1f4e6:package 1f4eb:mailbox
1f4ea:mailbox_closed 1f4ec:mailbox_with_mail 1f4ed:mailbox_with_no_mail 1f4ee:postbox
1f5f3:ballot_box,ballot_box_with_ballot 270f:pencil2 2712:black_nib 1f58b:fountain_pen,lower_left_fountain_pen
1f58a:pen,lower_left_ballpoint_pen 1f58c:paintbrush,lower_left_paintbrush 1f58d:crayon,lower_left_crayon
1f4dd:memo,pencil 1f4bc:briefcase 1f4c1:file_folder 1f4c2:open_file_folder 1f5c2:card_index_dividers 1f4c5:date
1f4c6:calendar 1f5d2:spiral_notepad,spiral_note_pad 1f5d3:spiral_calendar,spiral_calendar_pad 1f4c7:card_index
1f4c8:chart_with_upwards_trend 1f4c9:chart_with_downwards_trend 1f4ca:bar_chart 1f4cb:clipboard 1f4cc:pushpin
1f4cd:round_pushpin 1f4ce:paperclip 1f587:paperclips,linked_paperclips 1f4cf:straight_ruler 1f4d0:triangular_ruler
2702:scissors 1f5c3:card_file_box 1f5c4:file_cabinet 1f5d1:wastebasket 1f512:lock 1f513:unlock 1f50f:lock_with_ink_pen
1f510:closed_lock_with_key 1f511:key 1f5dd:old_key 1f528:hammer 1fa93:axe 26cf:pick 2692:hammer_and_pick
1f6e0:hammer_and_wrench 1f5e1:dagger,dagger_knife 2694:crossed_swords 1f4a3:bomb 1fa83:boomerang 1f3f9:bow_and_arrow
1f6e1:shield 1fa9a:carpentry_saw 1f527:wrench 1fa9b:screwdriver 1f529:nut_and_bolt 2699:gear 1f5dc:clamp,compression
2696:balance_scale,scales 1f9af:probing_cane 1f517:link 26d3:chains 1fa9d:hook 1f9f0:toolbox 1f9f2:magnet 1fa9c:ladder
2697:alembic 1f9ea:test_tube 1f9eb:petri_dish 1f9ec:dna 1f52c:microscope 1f52d:telescope 1f489:syringe
1fa78:drop_of_blood 1f48a:pill 1fa79:adhesive_bandage 1fa7c:crutch 1fa7a:stethoscope 1fa7b:x_ray,x-ray 1f6aa:door
1f6d7:elevator 1fa9e:mirror 1fa9f:window 1f6cf:bed 1f6cb:couch_and_lamp 1fa91:chair 1f6bd:toilet 1faa0:plunger
1f6bf:shower 1f6c1:bathtub 1faa4:mouse_trap 1fa92:razor 1f9f4:lotion_bottle 1f9f7:safety_pin 1f9f9:broom 1f9fa:basket
1f9fb:roll_of_paper 1faa3:bucket 1f9fc:soap 1fae7:bubbles 1faa5:toothbrush 1f9fd:sponge 1f9ef:fire_extinguisher
1f6d2:shopping_cart,shopping_trolley 1f6ac:smoking 26b0:coffin 1faa6:headstone 26b1:funeral_urn 1f9ff:nazar_amulet
1faac:hamsa 1f5ff:moyai 1faa7:placard 1faaa:identification_card 1f3e7:atm 1f6ae:put_litter_in_its_place
1f6b0:potable_water 267f:wheelchair 1f6b9:mens 1f6ba:womens 1f6bb:restroom 1f6bc:baby_symbol 1f6be:wc
1f6c2:passport_control 1f6c3:customs 1f6c4:baggage_claim 1f6c5:left_luggage 26a0:warning 1f6b8:children_crossing
26d4:no_entry 1f6ab:no_entry_sign 1f6b3:no_bicycles 1f6ad:no_smoking 1f6af:do_not_litter 1f6b1:non-potable_water
1f6b7:no_pedestrians 1f4f5:no_mobile_phones 1f51e:underage 2622:radioactive,radioactive_sign
2623:biohazard,biohazard_sign 2b06:arrow_up 2197:arrow_upper_right 27a1:arrow_right 2198:arrow_lower_right
2b07:arrow_down 2199:arrow_lower_left 2b05:arrow_left 2196:arrow_upper_left 2195:arrow_up_down 2194:left_right_arrow
21a9:leftwards_arrow_with_hook 21aa:arrow_right_hook 2934:arrow_heading_up 2935:arrow_heading_down
1f503:arrows_clockwise 1f504:arrows_counterclockwise 1f519:back 1f51a:end 1f51b:on 1f51c:soon 1f51d:top
1f6d0:place_of_worship 269b:atom_symbol 1f549:om,om_symbol 2721:star_of_david 2638:wheel_of_dharma 262f:yin_yang
271d:latin_cross 2626:orthodox_cross 262a:star_and_crescent 262e:peace_symbol 1f54e:menorah,menorah_with_nine_branches
1f52f:six_pointed_star 1faaf:khanda 2648:aries 2649:taurus 264a:gemini 264b:cancer 264c:leo 264d:virgo 264e:libra
264f:scorpius 2650:sagittarius 2651:capricorn 2652:aquarius 2653:pisces 26ce:ophiuchus 1f500:twisted_rightwards_arrows
1f501:repeat 1f502:repeat_one 25b6:arrow_forward 23e9:fast_forward
23ed:next_track_button,black_right_pointing_double_triangle_with_vertical_bar
23ef:play_or_pause_button,black_right_pointing_triangle_with_double_vertical_bar 25c0:arrow_backward 23ea:rewind
23ee:previous_track_button,black_left_pointing_double_triangle_with_vertical_bar 1f53c:arrow_up_small
23eb:arrow_double_up 1f53d:arrow_down_small 23ec:arrow_double_down 23f8:pause_button,double_vertical_bar
23f9:stop_button,black_square_for_stop 23fa:record_button,black_circle_for_record 23cf:eject_button,eject 1f3a6:cinema
1f505:low_brightness 1f506:high_brightness 1f4f6:signal_strength 1f6dc:wireless 1f4f3:vibration_mode
1f4f4:mobile_phone_off 2640:female_sign 2642:male_sign 26a7:transgender_symbol 2716:heavy_multiplication_x
2795:heavy_plus_sign 2796:heavy_minus_sign 2797:heavy_division_sign 1f7f0:heavy_equals_sign 267e:infinity
203c:bangbang 2049:interrobang 2753:question 2754:grey_question 2755:grey_exclamation
2757:exclamation,heavy_exclamation_mark 3030:wavy_dash 1f4b1:currency_exchange 1f4b2:heavy_dollar_sign
2695:medical_symbol,staff_of_aesculapius 267b:recycle 269c:fleur_de_lis 1f531:trident 1f4db:name_badge 1f530:beginner
2b55:o 2705:white_check_mark 2611:ballot_box_with_check 2714:heavy_check_mark 274c:x 274e:negative_squared_cross_mark
27b0:curly_loop 27bf:loop 303d:part_alternation_mark 2733:eight_spoked_asterisk 2734:eight_pointed_black_star
2747:sparkle a9:copyright ae:registered 2122:tm 23-20e3:hash 2a-20e3:asterisk,keycap_star 30-20e3:zero 31-20e3:one
32-20e3:two 33-20e3:three 34-20e3:four 35-20e3:five 36-20e3:six 37-20e3:seven 38-20e3:eight 39-20e3:nine
1f51f:keycap_ten 1f520:capital_abcd 1f521:abcd 1f522:1234 1f523:symbols 1f524:abc 1f170:a 1f18e:ab 1f171:b 1f191:cl
1f192:cool 1f193:free 2139:information_source 1f194:id 24c2:m 1f195:new 1f196:ng 1f17e:o2 1f197:ok 1f17f:parking
1f198:sos 1f199:up 1f19a:vs 1f201:koko 1f202:sa 1f237:u6708 1f236:u6709 1f22f:u6307 1f250:ideograph_advantage
1f239:u5272 1f21a:u7121 1f232:u7981 1f251:accept 1f238:u7533 1f234:u5408 1f233:u7a7a 3297:congratulations 3299:secret
1f23a:u55b6 1f235:u6e80 1f534:red_circle 1f7e0:orange_circle,large_orange_circle
1f7e1:yellow_circle,large_yellow_circle 1f7e2:green_circle,large_green_circle 1f535:large_blue_circle
1f7e3:purple_circle,large_purple_circle 1f7e4:brown_circle,large_brown_circle 26ab:black_circle 26aa:white_circle
1f7e5:red_square,large_red_square 1f7e7:orange_square,large_orange_square 1f7e8:yellow_square,large_yellow_square
1f7e9:green_square,large_green_square 1f7e6:blue_square,large_blue_square 1f7ea:purple_square,large_purple_square
1f7eb:brown_square,large_brown_square 2b1b:black_large_square 2b1c:white_large_square 25fc:black_medium_square
25fb:white_medium_square 25fe:black_medium_small_square 25fd:white_medium_small_square 25aa:black_small_square
25ab:white_small_square 1f536:large_orange_diamond 1f537:large_blue_diamond 1f538:small_orange_diamond
1f539:small_blue_diamond 1f53a:small_red_triangle 1f53b:small_red_triangle_down 1f4a0:diamond_shape_with_a_dot_inside
1f518:radio_button 1f533:white_square_button 1f532:black_square_button 1f3c1:checkered_flag
1f6a9:triangular_flag_on_post 1f38c:crossed_flags 1f3f4:black_flag,waving_black_flag
1f3f3:white_flag,waving_white_flag 1f3f3-200d-1f308:rainbow_flag,rainbow-flag 1f3f3-200d-26a7:transgender_flag
1f3f4-200d-2620:pirate_flag 1f1e6-1f1e8:ascension_island,flag-ac 1f1e6-1f1e9:andorra,flag-ad
1f1e6-1f1ea:united_arab_emirates,flag-ae 1f1e6-1f1eb:afghanistan,flag-af 1f1e6-1f1ec:antigua_barbuda,flag-ag
1f1e6-1f1ee:anguilla,flag-ai 1f1e6-1f1f1:albania,flag-al 1f1e6-1f1f2:armenia,flag-am 1f1e6-1f1f4:angola,flag-ao
1f1e6-1f1f6:antarctica,flag-aq 1f1e6-1f1f7:argentina,flag-ar 1f1e6-1f1f8:american_samoa,flag-as
1f1e6-1f1f9:austria,flag-at 1f1e6-1f1fa:australia,flag-au 1f1e6-1f1fc:aruba,flag-aw 1f1e6-1f1fd:aland_islands,flag-ax
1f1e6-1f1ff:azerbaijan,flag-az 1f1e7-1f1e6:bosnia_herzegovina,flag-ba 1f1e7-1f1e7:barbados,flag-bb
1f1e7-1f1e9:bangladesh,flag-bd 1f1e7-1f1ea:belgium,flag-be 1f1e7-1f1eb:burkina_faso,flag-bf
1f1e7-1f1ec:bulgaria,flag-bg 1f1e7-1f1ed:bahrain,flag-bh 1f1e7-1f1ee:burundi,flag-bi 1f1e7-1f1ef:benin,flag-bj
1f1e7-1f1f1:st_barthelemy,flag-bl 1f1e7-1f1f2:bermuda,flag-bm 1f1e7-1f1f3:brunei,flag-bn 1f1e7-1f1f4:bolivia,flag-bo
1f1e7-1f1f6:caribbean_netherlands,flag-bq 1f1e7-1f1f7:brazil,flag-br 1f1e7-1f1f8:bahamas,flag-bs
1f1e7-1f1f9:bhutan,flag-bt 1f1e7-1f1fb:bouvet_island,flag-bv 1f1e7-1f1fc:botswana,flag-bw 1f1e7-1f1fe:belarus,flag-by
1f1e7-1f1ff:belize,flag-bz 1f1e8-1f1e6:canada,flag-ca 1f1e8-1f1e8:cocos_islands,flag-cc
1f1e8-1f1e9:congo_kinshasa,flag-cd 1f1e8-1f1eb:central_african_republic,flag-cf 1f1e8-1f1ec:congo_brazzaville,flag-cg
1f1e8-1f1ed:switzerland,flag-ch 1f1e8-1f1ee:cote_divoire,flag-ci 1f1e8-1f1f0:cook_islands,flag-ck
1f1e8-1f1f1:chile,flag-cl 1f1e8-1f1f2:cameroon,flag-cm 1f1e8-1f1f3:cn,flag-cn 1f1e8-1f1f4:colombia,flag-co
1f1e8-1f1f5:clipperton_island,flag-cp 1f1e8-1f1f7:costa_rica,flag-cr 1f1e8-1f1fa:cuba,flag-cu
1f1e8-1f1fb:cape_verde,flag-cv 1f1e8-1f1fc:curacao,flag-cw 1f1e8-1f1fd:christmas_island,flag-cx
1f1e8-1f1fe:cyprus,flag-cy 1f1e8-1f1ff:czech_republic,flag-cz 1f1e9-1f1ea:de,flag-de 1f1e9-1f1ec:diego_garcia,flag-dg
1f1e9-1f1ef:djibouti,flag-dj 1f1e9-1f1f0:denmark,flag-dk 1f1e9-1f1f2:dominica,flag-dm
1f1e9-1f1f4:dominican_republic,flag-do 1f1e9-1f1ff:algeria,flag-dz 1f1ea-1f1e6:ceuta_melilla,flag-ea
1f1ea-1f1e8:ecuador,flag-ec 1f1ea-1f1ea:estonia,flag-ee 1f1ea-1f1ec:egypt,flag-eg 1f1ea-1f1ed:western_sahara,flag-eh
1f1ea-1f1f7:eritrea,flag-er 1f1ea-1f1f8:es,flag-es 1f1ea-1f1f9:ethiopia,flag-et 1f1ea-1f1fa:eu,european_union,flag-eu
1f1eb-1f1ee:finland,flag-fi 1f1eb-1f1ef:fiji,flag-fj 1f1eb-1f1f0:falkland_islands,flag-fk
1f1eb-1f1f2:micronesia,flag-fm 1f1eb-1f1f4:faroe_islands,flag-fo 1f1eb-1f1f7:fr,flag-fr 1f1ec-1f1e6:gabon,flag-ga
1f1ec-1f1e7:gb,uk,flag-gb 1f1ec-1f1e9:grenada,flag-gd 1f1ec-1f1ea:georgia,flag-ge 1f1ec-1f1eb:french_guiana,flag-gf
1f1ec-1f1ec:guernsey,flag-gg 1f1ec-1f1ed:ghana,flag-gh 1f1ec-1f1ee:gibraltar,flag-gi 1f1ec-1f1f1:greenland,flag-gl
1f1ec-1f1f2:gambia,flag-gm 1f1ec-1f1f3:guinea,flag-gn 1f1ec-1f1f5:guadeloupe,flag-gp
1f1ec-1f1f6:equatorial_guinea,flag-gq 1f1ec-1f1f7:greece,flag-gr
1f1ec-1f1f8:south_georgia_south_sandwich_islands,flag-gs 1f1ec-1f1f9:guatemala,flag-gt 1f1ec-1f1fa:guam,flag-gu
1f1ec-1f1fc:guinea_bissau,flag-gw 1f1ec-1f1fe:guyana,flag-gy 1f1ed-1f1f0:hong_kong,flag-hk
1f1ed-1f1f2:heard_mcdonald_islands,flag-hm 1f1ed-1f1f3:honduras,flag-hn 1f1ed-1f1f7:croatia,flag-hr
1f1ed-1f1f9:haiti,flag-ht 1f1ed-1f1fa:hungary,flag-hu 1f1ee-1f1e8:canary_islands,flag-ic 1f1ee-1f1e9:indonesia,flag-id
1f1ee-1f1ea:ireland,flag-ie 1f1ee-1f1f1:israel,flag-il 1f1ee-1f1f2:isle_of_man,flag-im 1f1ee-1f1f3:india,flag-in
1f1ee-1f1f4:british_indian_ocean_territory,flag-io 1f1ee-1f1f6:iraq,flag-iq 1f1ee-1f1f7:iran,flag-ir
1f1ee-1f1f8:iceland,flag-is 1f1ee-1f1f9:it,flag-it 1f1ef-1f1ea:jersey,flag-je 1f1ef-1f1f2:jamaica,flag-jm
1f1ef-1f1f4:jordan,flag-jo 1f1ef-1f1f5:jp,flag-jp 1f1f0-1f1ea:kenya,flag-ke 1f1f0-1f1ec:kyrgyzstan,flag-kg
1f1f0-1f1ed:cambodia,flag-kh 1f1f0-1f1ee:kiribati,flag-ki 1f1f0-1f1f2:comoros,flag-km
1f1f0-1f1f3:st_kitts_nevis,flag-kn 1f1f0-1f1f5:north_korea,flag-kp 1f1f0-1f1f7:kr,flag-kr 1f1f0-1f1fc:kuwait,flag-kw
1f1f0-1f1fe:cayman_islands,flag-ky 1f1f0-1f1ff:kazakhstan,flag-kz 1f1f1-1f1e6:laos,flag-la 1f1f1-1f1e7:lebanon,flag-lb
1f1f1-1f1e8:st_lucia,flag-lc 1f1f1-1f1ee:liechtenstein,flag-li 1f1f1-1f1f0:sri_lanka,flag-lk
1f1f1-1f1f7:liberia,flag-lr 1f1f1-1f1f8:lesotho,flag-ls 1f1f1-1f1f9:lithuania,flag-lt 1f1f1-1f1fa:luxembourg,flag-lu
1f1f1-1f1fb:latvia,flag-lv 1f1f1-1f1fe:libya,flag-ly 1f1f2-1f1e6:morocco,flag-ma 1f1f2-1f1e8:monaco,flag-mc
1f1f2-1f1e9:moldova,flag-md 1f1f2-1f1ea:montenegro,flag-me 1f1f2-1f1eb:st_martin,flag-mf
1f1f2-1f1ec:madagascar,flag-mg 1f1f2-1f1ed:marshall_islands,flag-mh 1f1f2-1f1f0:macedonia,flag-mk
1f1f2-1f1f1:mali,flag-ml 1f1f2-1f1f2:myanmar,flag-mm 1f1f2-1f1f3:mongolia,flag-mn 1f1f2-1f1f4:macau,flag-mo
1f1f2-1f1f5:northern_mariana_islands,flag-mp 1f1f2-1f1f6:martinique,flag-mq 1f1f2-1f1f7:mauritania,flag-mr
1f1f2-1f1f8:montserrat,flag-ms 1f1f2-1f1f9:malta,flag-mt 1f1f2-1f1fa:mauritius,flag-mu 1f1f2-1f1fb:maldives,flag-mv
1f1f2-1f1fc:malawi,flag-mw 1f1f2-1f1fd:mexico,flag-mx 1f1f2-1f1fe:malaysia,flag-my 1f1f2-1f1ff:mozambique,flag-mz
1f1f3-1f1e6:namibia,flag-na 1f1f3-1f1e8:new_caledonia,flag-nc 1f1f3-1f1ea:niger,flag-ne
1f1f3-1f1eb:norfolk_island,flag-nf 1f1f3-1f1ec:nigeria,flag-ng 1f1f3-1f1ee:nicaragua,flag-ni
1f1f3-1f1f1:netherlands,flag-nl 1f1f3-1f1f4:norway,flag-no 1f1f3-1f1f5:nepal,flag-np 1f1f3-1f1f7:nauru,flag-nr
1f1f3-1f1fa:niue,flag-nu 1f1f3-1f1ff:new_zealand,flag-nz 1f1f4-1f1f2:oman,flag-om 1f1f5-1f1e6:panama,flag-pa
1f1f5-1f1ea:peru,flag-pe 1f1f5-1f1eb:french_polynesia,flag-pf 1f1f5-1f1ec:papua_new_guinea,flag-pg
1f1f5-1f1ed:philippines,flag-ph 1f1f5-1f1f0:pakistan,flag-pk 1f1f5-1f1f1:poland,flag-pl
1f1f5-1f1f2:st_pierre_miquelon,flag-pm 1f1f5-1f1f3:pitcairn_islands,flag-pn 1f1f5-1f1f7:puerto_rico,flag-pr
1f1f5-1f1f8:palestinian_territories,flag-ps 1f1f5-1f1f9:portugal,flag-pt 1f1f5-1f1fc:palau,flag-pw
1f1f5-1f1fe:paraguay,flag-py 1f1f6-1f1e6:qatar,flag-qa 1f1f7-1f1ea:reunion,flag-re 1f1f7-1f1f4:romania,flag-ro
1f1f7-1f1f8:serbia,flag-rs 1f1f7-1f1fa:ru,flag-ru 1f1f7-1f1fc:rwanda,flag-rw 1f1f8-1f1e6:saudi_arabia,flag-sa
1f1f8-1f1e7:solomon_islands,flag-sb 1f1f8-1f1e8:seychelles,flag-sc 1f1f8-1f1e9:sudan,flag-sd
1f1f8-1f1ea:sweden,flag-se 1f1f8-1f1ec:singapore,flag-sg 1f1f8-1f1ed:st_helena,flag-sh 1f1f8-1f1ee:slovenia,flag-si
1f1f8-1f1ef:svalbard_jan_mayen,flag-sj 1f1f8-1f1f0:slovakia,flag-sk 1f1f8-1f1f1:sierra_leone,flag-sl
1f1f8-1f1f2:san_marino,flag-sm 1f1f8-1f1f3:senegal,flag-sn 1f1f8-1f1f4:somalia,flag-so 1f1f8-1f1f7:suriname,flag-sr
1f1f8-1f1f8:south_sudan,flag-ss 1f1f8-1f1f9:sao_tome_principe,flag-st 1f1f8-1f1fb:el_salvador,flag-sv
1f1f8-1f1fd:sint_maarten,flag-sx 1f1f8-1f1fe:syria,flag-sy 1f1f8-1f1ff:swaziland,flag-sz
1f1f9-1f1e6:tristan_da_cunha,flag-ta 1f1f9-1f1e8:turks_caicos_islands,flag-tc 1f1f9-1f1e9:chad,flag-td
1f1f9-1f1eb:french_southern_territories,flag-tf 1f1f9-1f1ec:togo,flag-tg 1f1f9-1f1ed:thailand,flag-th
1f1f9-1f1ef:tajikistan,flag-tj 1f1f9-1f1f0:tokelau,flag-tk 1f1f9-1f1f1:timor_leste,flag-tl
1f1f9-1f1f2:turkmenistan,flag-tm 1f1f9-1f1f3:tunisia,flag-tn 1f1f9-1f1f4:tonga,flag-to 1f1f9-1f1f7:tr,flag-tr
1f1f9-1f1f9:trinidad_tobago,flag-tt 1f1f9-1f1fb:tuvalu,flag-tv 1f1f9-1f1fc:taiwan,flag-tw 1f1f9-1f1ff:tanzania,flag-tz
1f1fa-1f1e6:ukraine,flag-ua 1f1fa-1f1ec:uganda,flag-ug 1f1fa-1f1f2:us_outlying_islands,flag-um
1f1fa-1f1f3:united_nations,flag-un 1f1fa-1f1f8:us,flag-us 1f1fa-1f1fe:uruguay,flag-uy 1f1fa-1f1ff:uzbekistan,flag-uz
1f1fb-1f1e6:vatican_city,flag-va 1f1fb-1f1e8:st_vincent_grenadines,flag-vc 1f1fb-1f1ea:venezuela,flag-ve
1f1fb-1f1ec:british_virgin_islands,flag-vg 1f1fb-1f1ee:us_virgin_islands,flag-vi 1f1fb-1f1f3:vietnam,flag-vn
1f1fb-1f1fa:vanuatu,flag-vu 1f1fc-1f1eb:wallis_futuna,flag-wf 1f1fc-1f1f8:samoa,flag-ws 1f1fd-1f1f0:kosovo,flag-xk
1f1fe-1f1ea:yemen,flag-ye 1f1fe-1f1f9:mayotte,flag-yt 1f1ff-1f1e6:south_africa,flag-za 1f1ff-1f1f2:zambia,flag-zm
1f1ff-1f1fc:zimbabwe,flag-zw 1f3f4-e0067-e0062-e0065-e006e-e0067-e007f:england,flag-england
1f3f4-e0067-e0062-e0073-e0063-e0074-e007f:scotland,flag-scotland
1f3f4-e0067-e0062-e0077-e006c-e0073-e007f:wales,flag-wales
"""
